//! Every query that the server has and that needs no arguments, through the generated types.

use std::collections::HashMap;

use qapi_runtime::client::{Execute, Qmp};
use qapi_runtime::serde::Serialize;
use qapi_runtime::{ClientError, DecodeOwned, Document, Empty, Session, Unknown, Value};
use serde_json::json;

use super::connect_to;
use crate::machine::*;

/// Something for each of the large queries to tell.
const DEVICES: &str = "\
    -blockdev raw,node-name=disk,file.driver=null-co,file.node-name=storage \
    -object iothread,id=thread -device virtio-blk-pci,drive=disk,iothread=thread,id=block \
    -netdev hubport,id=hub,hubid=0 -device virtio-net-pci,netdev=hub,id=net \
    -object memory-backend-ram,size=1M,id=memory -device virtio-balloon-pci \
    -chardev ringbuf,id=ring -device virtio-tablet-pci -audiodev none,id=silence";

/// The names of the queries, according to the server's introspection.
fn queries(qmp: &Qmp) -> Vec<String> {
    let entries: Vec<Value> = qmp
        .execute("query-qmp-schema", &Empty {})
        .expect("it describes itself");
    let by_name: HashMap<_, _> = entries.iter().map(|it| (it["name"].as_str(), it)).collect();
    let needs_nothing = |command: &Value| {
        let arguments = by_name[&command["arg-type"].as_str()];
        let members = arguments["members"].as_array().expect("it is an object");
        members.iter().all(|member| member.get("default").is_some())
    };
    let commands = entries.iter().filter(|it| it["meta-type"] == "command");
    let queries = commands.filter(|it| {
        it["name"]
            .as_str()
            .is_some_and(|it| it.starts_with("query-"))
    });
    queries
        .filter(|it| needs_nothing(it))
        .filter_map(|it| it["name"].as_str().map(str::to_owned))
        .collect()
}

/// A client below the generated one, which notes what the server really answered.
struct Witness {
    qmp: Qmp,
    answer: Option<Value>,
}

impl Execute for Witness {
    fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.answer = None;
        let answer = self.qmp.execute(command, arguments)?;
        let document = Document::from_value(self.answer.insert(answer));
        R::decode(document.input("return", Unknown::Ignore)).map_err(|error| ClientError::Decode {
            of: command.to_owned(),
            error,
        })
    }

    fn execute_silently<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        self.qmp.execute_silently(command, arguments)
    }

    fn execute_oob<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.qmp.execute_oob(command, arguments)
    }
}

/// What is different in `ours`; only a newer server may have members that are missing there.
fn lost(theirs: &Value, ours: &Value, path: &str, found: &mut Vec<String>) {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => {
            for (name, value) in theirs {
                let path = format!("{path}.{name}");
                match ours.get(name) {
                    Some(kept) => lost(value, kept, &path, found),
                    None if crate::SERVER_IS_NEWER => {}
                    None => found.push(path),
                }
            }
        }
        (Value::Array(theirs), Value::Array(ours)) if theirs.len() == ours.len() => {
            for (value, kept) in theirs.iter().zip(ours) {
                lost(value, kept, &format!("{path}[]"), found);
            }
        }
        _ if theirs == ours => {}
        _ => found.push(format!("{path} ({theirs} became {ours})")),
    }
}

/// A server in front of the client answers by name what the typed methods return.
#[test]
fn every_query_is_understood() {
    let devices: Vec<_> = DEVICES.split_whitespace().collect();
    let Some((_qemu, qmp)) = connect_to(&devices) else {
        return;
    };
    let queries = queries(&qmp);
    assert!(queries.len() > 50, "only {} queries", queries.len());
    let mut server = MachineServer(MachineClient::new(Witness { qmp, answer: None }));
    let mut session = Session::new();
    let mut found = Vec::new();
    let mut understood = 0;
    let is_known = |query: &&String| COMMANDS.iter().any(|command| command.name == *query);
    for query in queries.iter().filter(is_known) {
        let request = json!({"execute": query}).to_string();
        let reply = session.feed(request.as_bytes(), &mut server);
        let reply: Value = serde_json::from_slice(&reply).expect("a reply is JSON");
        let answer = server.0.client().answer.take();
        match (answer, reply.get("return"), reply.get("error")) {
            (Some(theirs), Some(ours), None) => {
                lost(&theirs, ours, query, &mut found);
                understood += 1;
            }
            (Some(_), None, Some(error)) => found.push(error["desc"].to_string()),
            // The server refused, because the machine has no such thing.
            (None, None, Some(_)) => {}
            (answer, ..) => panic!("{query}: {answer:?} became {reply}"),
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(
        understood > 40,
        "only {understood} of {} queries",
        queries.len()
    );
}

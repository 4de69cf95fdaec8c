//! Every command with every argument of every kind, made from the schema.
//!
//! None of these requests is carried out: each has a member that no command has. An agent complains about that one only
//! after everything else could be read, so that it also shows what can be read; and it does so before it acts.

use qapi_parser::{Introspection, JsonType, SchemaInfoKind, SchemaInfoObjectMember};
use qapi_runtime::{Decode, Document, Input, Unknown};
use qapi_tests::{Agent, need};
use qga_types::{
    GuestFsfreezeFreezeListArgs, GuestSetMemoryBlocksArgs, GuestSetTimeArgs,
    GuestSetUserPasswordArgs, GuestSetVcpusArgs, GuestShutdownArgs,
};

use crate::agents::Theirs;

/// The member that no command has.
const SURPLUS: &str = r#""~":0"#;

/// Commands that would do harm and take nothing: what they are asked could not be wrong enough.
const NEVER: [&str; 5] = [
    "guest-fsfreeze-freeze",
    "guest-fsfreeze-thaw",
    "guest-suspend-disk",
    "guest-suspend-ram",
    "guest-suspend-hybrid",
];

/// Commands that would do harm: in each request, another argument is wrong, too.
const ONLY_WRONG: [&str; 6] = [
    "guest-fsfreeze-freeze-list",
    "guest-set-memory-blocks",
    "guest-set-time",
    "guest-set-user-password",
    "guest-set-vcpus",
    "guest-shutdown",
];

/// What is put in the place of each argument.
const VALUES: [&str; 21] = [
    "null",
    "true",
    "0",
    "1",
    "-1",
    "-0",
    "1.5",
    "1e3",
    "1e400",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    r#""""#,
    r#""1""#,
    r#""no such value""#,
    "[]",
    "[null]",
    "{}",
    r#"{"x":1}"#,
];

/// A value in the place of an argument.
#[derive(Clone)]
struct Value {
    json: String,
    /// Whether it certainly is none of its type.
    wrong: bool,
}

/// What agents on Linux can be asked.
struct Schema(Introspection);

impl Schema {
    fn load() -> Self {
        let schema = qapi_parser::load(need::workspace().join("schema/qga-10.2.json"));
        let schema = schema.unwrap_or_else(|report| panic!("{report}"));
        let is_defined = |name: &str| name != "CONFIG_WIN32";
        Self(Introspection::unmasked(&schema).evaluate(&is_defined))
    }

    fn kind(&self, ty: &str) -> &SchemaInfoKind {
        &self.0.find(ty).unwrap_or_else(|| panic!("no {ty}")).kind
    }

    /// A value of a type.
    fn sample(&self, ty: &str) -> String {
        match self.kind(ty) {
            SchemaInfoKind::Builtin { json_type } => match json_type {
                JsonType::String => r#""x""#.into(),
                JsonType::Boolean => "true".into(),
                JsonType::Null => "null".into(),
                JsonType::Int | JsonType::Number | JsonType::Value => "1".into(),
            },
            SchemaInfoKind::Enum { members } => format!("\"{}\"", members[0].name),
            SchemaInfoKind::Array { element_type } => format!("[{}]", self.sample(element_type)),
            SchemaInfoKind::Alternate { members } => self.sample(&members[0].ty),
            SchemaInfoKind::Object { members, .. } => {
                format!("{{{}}}", self.members(members, None))
            }
            SchemaInfoKind::Command { .. } | SchemaInfoKind::Event { .. } => {
                panic!("{ty} is no type")
            }
        }
    }

    /// What stands between the braces of an object: a value of each member, except for one which is given or left out.
    fn members(
        &self,
        members: &[SchemaInfoObjectMember],
        except: Option<(&str, Option<&str>)>,
    ) -> String {
        let parts = members.iter().filter_map(|member| {
            let value = match except {
                Some((name, value)) if name == member.name => value?.to_owned(),
                _ => self.sample(&member.ty),
            };
            Some(format!("\"{}\":{value}", member.name))
        });
        parts.collect::<Vec<_>>().join(",")
    }

    /// What can stand in the place of a value of a type, right and wrong.
    fn values(&self, ty: &str) -> Vec<Value> {
        let plain = VALUES.iter().map(|json| Value {
            json: (*json).to_owned(),
            wrong: !self.may_be(ty, json),
        });
        let mut values: Vec<Value> = plain.collect();
        match self.kind(ty) {
            SchemaInfoKind::Builtin { .. } => {}
            SchemaInfoKind::Enum { members } => values.extend(members.iter().map(|member| Value {
                json: format!("\"{}\"", member.name),
                wrong: false,
            })),
            SchemaInfoKind::Alternate { members } => {
                let all = members.iter().flat_map(|member| self.values(&member.ty));
                // What one of its types is not, another may be.
                values.extend(all.map(|value| Value {
                    wrong: false,
                    ..value
                }));
            }
            SchemaInfoKind::Array { element_type } => {
                let first = self.sample(element_type);
                for Value { json, wrong } in self.values(element_type) {
                    values.push(Value {
                        json: format!("[{first},{json}]"),
                        wrong,
                    });
                }
            }
            SchemaInfoKind::Object { members, .. } => {
                let in_braces = |Value { json, wrong }| Value {
                    json: format!("{{{json}}}"),
                    wrong,
                };
                values.extend(self.objects(members).into_iter().map(in_braces));
                values.push(in_braces(Value {
                    json: format!("{},\"unknown\":1", self.members(members, None)),
                    wrong: true,
                }));
            }
            SchemaInfoKind::Command { .. } | SchemaInfoKind::Event { .. } => {
                panic!("{ty} is no type")
            }
        }
        values
    }

    /// What can stand between the braces of an object: each member missing, and of each kind.
    fn objects(&self, members: &[SchemaInfoObjectMember]) -> Vec<Value> {
        let mut objects = vec![Value {
            json: self.members(members, None),
            wrong: false,
        }];
        for member in members {
            let name = member.name.as_str();
            objects.push(Value {
                json: self.members(members, Some((name, None))),
                wrong: !member.optional,
            });
            for Value { json, wrong } in self.values(&member.ty) {
                let json = self.members(members, Some((name, Some(&json))));
                objects.push(Value { json, wrong });
            }
        }
        objects
    }

    /// Whether a value may be one of a type: it is so if that takes a closer look.
    fn may_be(&self, ty: &str, json: &str) -> bool {
        let first = json.chars().next().expect("a value has a character");
        match self.kind(ty) {
            SchemaInfoKind::Builtin { json_type } => match json_type {
                JsonType::String => first == '"',
                JsonType::Boolean => first == 't' || first == 'f',
                JsonType::Null => first == 'n',
                JsonType::Int | JsonType::Number => first == '-' || first.is_ascii_digit(),
                JsonType::Value => true,
            },
            SchemaInfoKind::Enum { .. } => first == '"',
            SchemaInfoKind::Array { .. } => first == '[',
            SchemaInfoKind::Object { .. } => first == '{',
            _ => true,
        }
    }
}

/// A request that is never carried out.
struct Request {
    command: String,
    arguments: String,
}

/// The requests as they are sent.
pub(crate) fn requests() -> Vec<String> {
    let requests = made();
    check_harmless(&requests);
    let text = |Request { command, arguments }: &Request| {
        format!(r#"{{"execute":"{command}","arguments":{arguments}}}"#)
    };
    requests.iter().map(text).collect()
}

/// The requests that the schema gives.
fn made() -> Vec<Request> {
    let schema = Schema::load();
    let mut requests = Vec::new();
    for entry in &schema.0.entries {
        let SchemaInfoKind::Command { arg_type, .. } = &entry.kind else {
            continue;
        };
        let name = entry.name.as_str();
        let SchemaInfoKind::Object { members, .. } = schema.kind(arg_type) else {
            panic!("the arguments of {name} are no object");
        };
        if NEVER.contains(&name) {
            assert!(members.is_empty(), "{name} takes something");
            continue;
        }
        for arguments in schema.objects(members) {
            if arguments.wrong || !ONLY_WRONG.contains(&name) {
                let comma = if arguments.json.is_empty() { "" } else { "," };
                requests.push(Request {
                    command: name.to_owned(),
                    arguments: format!("{{{}{comma}{SURPLUS}}}", arguments.json),
                });
            }
        }
    }
    requests
}

#[test]
fn every_argument_of_every_kind_is_taken_or_refused_alike() {
    let requests = requests();
    let Some(theirs) = Theirs::find() else { return };
    let mut comparison = theirs.comparison();
    let (their, our) = theirs.both(|program| {
        let agent = Agent::start(program);
        let mut wire = agent.connect();
        let replies = requests.iter().map(|request| {
            let reply = wire.replies_to(request);
            assert!(reply.starts_with(br#"{"error""#), "{request}");
            reply
        });
        replies.collect::<Vec<_>>()
    });
    for (request, (their, our)) in requests.iter().zip(their.iter().zip(&our)) {
        comparison.compare("matrix", request, their, our);
    }
    comparison.finish();
}

/// Whether what a command is asked is wrong even without [`SURPLUS`].
fn is_wrong(name: &str, arguments: &str) -> bool {
    let rest = arguments.replace(SURPLUS, "").replace(",}", "}");
    let Ok(rest) = Document::parse(rest.as_bytes()) else {
        return true;
    };
    match name {
        "guest-fsfreeze-freeze-list" => is_no::<GuestFsfreezeFreezeListArgs>(&rest),
        "guest-set-memory-blocks" => is_no::<GuestSetMemoryBlocksArgs>(&rest),
        "guest-set-time" => is_no::<GuestSetTimeArgs>(&rest),
        "guest-set-user-password" => is_no::<GuestSetUserPasswordArgs<'_>>(&rest),
        "guest-set-vcpus" => is_no::<GuestSetVcpusArgs>(&rest),
        "guest-shutdown" => is_no::<GuestShutdownArgs>(&rest),
        _ => panic!("{name} does no harm"),
    }
}

fn is_no<'a, T: Decode<'a>>(document: &'a Document) -> bool {
    Input::new(document.root(), Unknown::Refuse)
        .decode::<T>()
        .is_err()
}

/// Shows that nothing harmful is asked, before it is asked.
fn check_harmless(requests: &[Request]) {
    for Request { command, arguments } in requests {
        assert!(arguments.contains(SURPLUS), "{command} {arguments}");
        assert!(!NEVER.contains(&command.as_str()), "{command}");
        if ONLY_WRONG.contains(&command.as_str()) {
            assert!(is_wrong(command, arguments), "{command} {arguments}");
        }
    }
}

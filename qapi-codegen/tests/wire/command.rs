//! Commands, from the request to the method and back.

use qapi_runtime::client::{Execute, Introspection};
use qapi_runtime::serde::Serialize;
use qapi_runtime::{ClientError, DecodeOwned, Document, Error, Map, Session, Unknown, Value};

use crate::golden::{commands, features};

/// Remembers what it was asked.
#[derive(Default)]
struct Machine {
    asked: Vec<String>,
    mode: Option<commands::Mode>,
}

impl commands::Service for Machine {
    fn ping(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn add(&mut self, args: commands::AddArgs) -> Result<i64, Error> {
        let sum = args
            .a
            .checked_add(args.b)
            .and_then(|sum| sum.checked_add(args.c.unwrap_or(0)));
        sum.ok_or_else(|| Error::generic("the sum is too large"))
    }

    fn get_mode(&mut self) -> Result<commands::Mode, Error> {
        Ok(self.mode.clone().unwrap_or(commands::Mode::Off))
    }

    fn set_mode(&mut self, args: commands::SetModeArgs) -> Result<(), Error> {
        self.mode = Some(args.mode);
        Ok(())
    }

    fn list_jobs(&mut self) -> Result<Vec<commands::Job>, Error> {
        Ok(vec![commands::Job::new("a"), commands::Job::new("b")])
    }

    fn start_job(&mut self, args: commands::Job) -> Result<commands::Job, Error> {
        Ok(args)
    }

    fn change_job(&mut self, args: commands::JobChange) -> Result<(), Error> {
        self.asked.push(format!("{:?}", args.branch));
        Ok(())
    }

    fn shut_down(&mut self, args: commands::ShutDownArgs) -> Result<(), Error> {
        self.asked.push(format!("{:?}", args.force));
        Ok(())
    }

    fn add_device(&mut self, args: Map<String, Value>) -> Result<(), Error> {
        self.asked
            .push(format!("{:?}", args.keys().collect::<Vec<_>>()));
        Ok(())
    }

    fn sync(&mut self, args: commands::SyncArgs) -> Result<i64, Error> {
        Ok(args.id)
    }

    fn get_name(&mut self) -> Result<String, Error> {
        Ok("machine".to_owned())
    }

    fn get_modes(&mut self) -> Result<Vec<commands::Mode>, Error> {
        Ok(commands::Mode::ALL.to_vec())
    }

    fn get_any(&mut self, args: commands::GetAnyArgs) -> Result<Value, Error> {
        Ok(args.value)
    }

    fn end_job(&mut self, args: commands::Job) -> Result<(), Error> {
        self.asked.push(args.id);
        Ok(())
    }
}

/// What a machine replies, and what it remembers.
fn converse(requests: &str) -> (String, Vec<String>) {
    let mut server = commands::ServiceServer(Machine::default());
    let replies = Session::new().feed(requests.as_bytes(), &mut server);
    (
        String::from_utf8_lossy(&replies).into_owned(),
        server.0.asked,
    )
}

fn reply(request: &str) -> String {
    converse(request).0
}

#[test]
fn commands_are_answered() {
    let cases = [
        (r#"{"execute": "ping"}"#, r#"{"return": {}}"#),
        (
            r#"{"execute": "add", "arguments": {"a": 1, "b": 2}}"#,
            r#"{"return": 3}"#,
        ),
        (r#"{"execute": "get-mode"}"#, r#"{"return": "off"}"#),
        (
            r#"{"execute": "set-mode", "arguments": {"mode": "on"}}"#,
            r#"{"return": {}}"#,
        ),
        (
            r#"{"execute": "list-jobs"}"#,
            r#"{"return": [{"id": "a"}, {"id": "b"}]}"#,
        ),
        (
            r#"{"execute": "start-job", "arguments": {"id": "c"}}"#,
            r#"{"return": {"id": "c"}}"#,
        ),
        (r#"{"execute": "get-name"}"#, r#"{"return": "machine"}"#),
        (
            r#"{"execute": "get-modes"}"#,
            r#"{"return": ["on", "off"]}"#,
        ),
        (
            r#"{"execute": "get-any", "arguments": {"value": null}}"#,
            r#"{"return": null}"#,
        ),
        (
            r#"{"execute": "end-job", "arguments": {"id": "c"}}"#,
            r#"{"return": {}}"#,
        ),
    ];
    for (request, expected) in cases {
        assert_eq!(reply(request).trim_end(), expected);
    }
}

#[test]
fn mistakes_are_answered() {
    let cases = [
        (
            r#"{"execute": "pong"}"#,
            "The command pong has not been found",
        ),
        (
            r#"{"execute": "ping", "arguments": {"a": 1}}"#,
            "Parameter 'a' is unexpected",
        ),
        (
            r#"{"execute": "add", "arguments": {"a": 1}}"#,
            "Parameter 'b' is missing",
        ),
        (
            r#"{"execute": "add", "arguments": {"a": 1, "b": 9223372036854775807}}"#,
            "the sum is too large",
        ),
    ];
    for (request, expected) in cases {
        let reply = reply(request);
        assert!(reply.contains(expected), "{reply}");
    }
}

#[test]
fn silence_is_kept() {
    let (replies, asked) = converse(r#"{"execute": "shut-down", "arguments": {"force": true}}"#);
    assert_eq!(
        (replies.as_str(), asked),
        ("", vec!["Some(true)".to_owned()])
    );
}

#[test]
fn undescribed_arguments_arrive_raw() {
    let (replies, asked) =
        converse(r#"{"execute": "add-device", "arguments": {"driver": "d", "what": 1}}"#);
    assert_eq!(replies.trim_end(), r#"{"return": {}}"#);
    assert_eq!(asked, [r#"["driver", "what"]"#]);
}

#[test]
fn union_arguments_arrive_in_one_piece() {
    let (_, asked) = converse(
        r#"{"execute": "change-job", "arguments": {"speed": 1, "mode": "on", "id": "j"}}"#,
    );
    assert_eq!(asked, ["On(Limit { speed: 1 })"]);
}

#[test]
fn delimited_replies_start_with_a_byte_of_their_own() {
    let mut server = commands::ServiceServer(Machine::default());
    let request = br#"{"execute": "sync", "arguments": {"id": 1}}"#;
    assert_eq!(
        Session::new().feed(request, &mut server),
        b"\xff{\"return\": 1}\n"
    );
}

#[test]
fn the_table_tells_of_every_command() {
    let names: Vec<_> = commands::COMMANDS.iter().map(|row| row.name).collect();
    assert_eq!(names[..3], ["ping", "add", "get-mode"]);
    assert_eq!(names.len(), 14);
    let silent = commands::COMMANDS
        .iter()
        .filter(|row| !row.success_response);
    assert_eq!(
        silent.map(|row| row.name).collect::<Vec<_>>(),
        ["shut-down"]
    );
    let oob = commands::COMMANDS.iter().filter(|row| row.allow_oob);
    assert_eq!(oob.map(|row| row.name).collect::<Vec<_>>(), ["set-mode"]);
    let early = commands::COMMANDS.iter().filter(|row| row.allow_preconfig);
    assert_eq!(early.map(|row| row.name).collect::<Vec<_>>(), ["get-name"]);
    assert_eq!(features::COMMANDS[0].features, ["deprecated"]);
}

#[test]
fn introspection_is_the_json_of_a_server_that_has_the_same() {
    let answer = crate::golden::parts::INTROSPECTION;
    let introspection = Introspection::parse(answer).expect("it is JSON");
    let commands: Vec<_> = introspection.commands().collect();
    assert_eq!(commands, ["get-things", "set-thing"]);
    assert!(introspection.supports("get-things.return.size"));
    assert!(!introspection.supports("get-things.return.weight"));
}

/// What a command returns that returns nothing.
fn nothing<R: DecodeOwned>(command: &str) -> Result<R, ClientError> {
    let nothing = Document::from(Map::new());
    let decoded = nothing.input("return", Unknown::Ignore).decode();
    decoded.map_err(|error| ClientError::Decode {
        of: command.to_owned(),
        error,
    })
}

/// Runs nothing, and remembers what it was to run.
#[derive(Default)]
struct Notebook(Vec<String>);

impl Notebook {
    fn note<A: Serialize + ?Sized>(&mut self, how: &str, command: &str, arguments: &A) {
        let arguments = qapi_runtime::to_string(arguments).expect("it can be written");
        self.0.push(format!("{how} {command} {arguments}"));
    }
}

impl Execute for Notebook {
    fn execute<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.note("run", command, arguments);
        nothing(command)
    }

    fn execute_silently<A>(&mut self, command: &str, arguments: &A) -> Result<(), ClientError>
    where
        A: Serialize + ?Sized,
    {
        self.note("run silently", command, arguments);
        Ok(())
    }

    fn execute_oob<A, R>(&mut self, command: &str, arguments: &A) -> Result<R, ClientError>
    where
        A: Serialize + ?Sized,
        R: DecodeOwned,
    {
        self.note("run at once", command, arguments);
        nothing(command)
    }
}

#[test]
fn clients_work_over_whatever_runs_commands() {
    let mut notebook = Notebook::default();
    let mut client = commands::ServiceClient::new(&mut notebook);
    client.ping().unwrap();
    client.shut_down(&commands::ShutDownArgs::new()).unwrap();
    let mode = commands::SetModeArgs::new(commands::Mode::Off);
    client.out_of_band().set_mode(&mode).unwrap();
    let error = client.get_mode().unwrap_err();
    assert_eq!(
        error.to_string(),
        "get-mode: return: expected string, got object"
    );
    assert_eq!(
        notebook.0,
        [
            "run ping {}",
            "run silently shut-down {}",
            r#"run at once set-mode {"mode": "off"}"#,
            "run get-mode {}",
        ]
    );
}

//! What those who talk to a guest agent rely on, one claim each, shown on the running program.

use std::io::Write as _;
use std::os::unix::net::UnixStream;

use qapi_tests::{Agent, RESET_REPLY, need};
use qga_types::{
    GuestAgentClient, GuestExecArgs, GuestExecStatus, GuestExecStatusArgs, GuestFileOpenArgs,
    GuestFileReadArgs,
};
use serde_json::{Value, json};

const PING: &str = r#"{"execute":"guest-ping"}"#;

fn agent() -> Agent {
    Agent::start(need::our_agent(env!("CARGO_BIN_EXE_agent-under-test")))
}

/// Sends complete requests to a fresh agent.
fn replies_to(requests: impl AsRef<[u8]>) -> String {
    let replies = agent().connect().replies_to(requests);
    String::from_utf8(replies).expect("replies are text")
}

/// The reply to one request, as JSON.
fn ask(request: &str) -> Value {
    agent().connect().ask(request)
}

/// A request with arguments.
fn request(command: &str, arguments: Value) -> String {
    json!({"execute": command, "arguments": arguments}).to_string()
}

#[test]
fn nothing_comes_unasked() {
    assert_eq!(replies_to(""), "");
    assert_eq!(replies_to("\n \r\n\t\n"), "");
    assert_eq!(replies_to(PING.repeat(3)), "{\"return\": {}}\n".repeat(3));
}

#[test]
fn a_reply_is_one_line() {
    let lines = replies_to(
        r#"{"execute":"guest-info"}{"execute":"guest-network-get-interfaces","id":"a\nb"}"#,
    );
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.ends_with('\n') && !lines.contains('\r'));
    for line in lines.lines() {
        serde_json::from_str::<Value>(line).expect("a line is one JSON value");
    }
}

#[test]
fn the_empty_reply_is_spelled_exactly() {
    assert_eq!(replies_to(PING), "{\"return\": {}}\n");
}

#[test]
fn a_delimited_sync_and_a_command_in_one_write_are_two_adjacent_lines() {
    let agent = agent();
    let mut wire = agent.connect();
    wire.send("{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":12301}}\n{\"execute\":\"guest-ping\"}\n");
    assert_eq!(wire.line(), b"\xFF{\"return\": 12301}\n");
    assert_eq!(wire.line(), b"{\"return\": {}}\n");
}

#[test]
fn sync_gives_large_identifiers_back_exactly() {
    for id in [
        0,
        1_795_237_352_358,
        i64::from(u32::MAX) + 1,
        i64::MAX,
        i64::MIN,
    ] {
        let reply = replies_to(format!(
            r#"{{"execute":"guest-sync","arguments":{{"id":{id}}}}}"#
        ));
        assert_eq!(reply, format!("{{\"return\": {id}}}\n"));
    }
}

#[test]
fn replies_come_in_the_order_of_the_requests() {
    let requests: String = (0..500)
        .map(|id| match id % 3 {
            0 => format!(r#"{{"execute":"guest-ping","id":{id}}}"#),
            1 => format!(r#"{{"execute":"guest-info","id":{id}}}"#),
            _ => format!(r#"{{"execute":"no-such-command","id":{id}}}"#),
        })
        .collect();
    let replies = replies_to(requests);
    let ids: Vec<Value> = replies
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a reply is JSON")["id"].clone())
        .collect();
    assert_eq!(ids, (0..500).map(Value::from).collect::<Vec<_>>());
}

#[test]
fn an_identifier_of_any_kind_is_given_back() {
    for id in [
        json!(null),
        json!("x"),
        json!([1, {"a": true}]),
        json!({"b": 1.5}),
        json!(-1),
    ] {
        let reply = ask(&json!({"execute": "guest-ping", "id": id}).to_string());
        assert_eq!(reply["id"], id);
        let reply = ask(&json!({"execute": "no-such-command", "id": id}).to_string());
        assert_eq!(reply["id"], id);
    }
}

#[test]
fn a_reset_byte_drops_a_half_request() {
    let agent = agent();
    let mut wire = agent.connect();
    assert_eq!(wire.replies_to("\n"), b"");
    wire.send(b"{\"execute\": \"guest-exec\", \"arguments\": {\"path\": [\xFF");
    let line = wire.line();
    assert!(
        line.starts_with(
            b"{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, "
        )
    );
    wire.send(b"\xFF");
    assert_eq!(wire.line(), RESET_REPLY);
    assert_eq!(wire.replies_to(PING), b"{\"return\": {}}\n");
}

#[test]
fn a_client_that_leaves_a_half_request_does_not_harm_the_next() {
    let agent = agent();
    let mut first = agent.connect();
    first.replies_to(PING);
    first.send(r#"{"execute": "guest-file-open", "arguments": {"path": "#);
    drop(first);
    let replies = agent
        .connect()
        .replies_to([b"\xFF", PING.as_bytes()].concat());
    assert!(
        replies.ends_with(b"\n{\"return\": {}}\n"),
        "{}",
        replies.escape_ascii()
    );
}

#[test]
fn a_client_may_leave_without_taking_its_replies() {
    let mut agent = agent();
    for _ in 0..20 {
        let mut stream = UnixStream::connect(agent.socket()).expect("the agent listens");
        // More replies than any socket holds, so that the agent is in the middle of them; it may end the writing, too.
        let _ = stream.write_all(r#"{"execute":"guest-info"}"#.repeat(500).as_bytes());
        drop(stream);
    }
    assert_eq!(agent.connect().replies_to_then_reset(""), RESET_REPLY);
    assert!(agent.is_running());
}

#[test]
fn a_client_that_has_said_everything_still_gets_its_replies() {
    let agent = agent();
    let mut wire = agent.connect();
    wire.send(PING.repeat(3));
    wire.finish();
    assert_eq!(wire.rest(), "{\"return\": {}}\n".repeat(3).into_bytes());
    assert_eq!(agent.connect().replies_to(PING), b"{\"return\": {}}\n");
}

#[test]
fn a_second_client_is_served_when_the_first_has_left() {
    let agent = agent();
    let mut first = agent.connect();
    let mut second = agent.connect();
    second.send(PING);
    assert_eq!(first.replies_to(PING), b"{\"return\": {}}\n");
    drop(first);
    assert_eq!(second.line(), b"{\"return\": {}}\n");
}

#[test]
fn base64_may_be_broken_into_lines_and_holds_nothing_else() {
    let agent = agent();
    let mut wire = agent.connect();
    let handle = &wire.ask(&request(
        "guest-file-open",
        json!({"path": "lines", "mode": "w+"}),
    ))["return"];
    let text = "dGhlIHF1aWNrIGJyb3duIGZv\neCBqdW1wcyBvdmVyIHRoZSBs\nYXp5IGRvZw==\n";
    let reply = wire.ask(&request(
        "guest-file-write",
        json!({"handle": handle, "buf-b64": text}),
    ));
    assert_eq!(reply, json!({"return": {"count": 43, "eof": false}}));
    let reply = wire.ask(&request(
        "guest-file-write",
        json!({"handle": handle, "buf-b64": "dGhl IHF1"}),
    ));
    assert_eq!(
        reply["error"]["desc"],
        "Base64 data contains invalid characters"
    );
    let arguments = json!({"path": "cat", "input-data": text, "capture-output": true});
    let pid = &wire.ask(&request("guest-exec", arguments))["return"]["pid"];
    let status = loop {
        let reply = wire.ask(&request("guest-exec-status", json!({"pid": pid})));
        if reply["return"]["exited"] == json!(true) {
            break reply;
        }
    };
    assert_eq!(status["return"]["out-data"], json!(text.replace('\n', "")));
}

#[test]
fn entries_of_guest_info_have_three_members() {
    let info = ask(r#"{"execute":"guest-info"}"#);
    let commands = info["return"]["supported_commands"]
        .as_array()
        .expect("a list");
    assert!(
        commands
            .contains(&json!({"name": "guest-ping", "enabled": true, "success-response": true}))
    );
    assert!(
        commands
            .iter()
            .all(|entry| entry.as_object().is_some_and(|entry| entry.len() == 3))
    );
    let silent = |entry: &&Value| entry["success-response"] == json!(false);
    let mut names: Vec<_> = commands
        .iter()
        .filter(silent)
        .map(|entry| entry["name"].as_str())
        .collect();
    names.sort();
    let expected = [
        "guest-shutdown",
        "guest-suspend-disk",
        "guest-suspend-hybrid",
        "guest-suspend-ram",
    ];
    assert_eq!(names, expected.map(Some));
}

#[test]
fn guest_info_tells_the_truth() {
    let agent = agent();
    let mut wire = agent.connect();
    let info = wire.ask(r#"{"execute":"guest-info"}"#);
    for command in info["return"]["supported_commands"]
        .as_array()
        .expect("a list")
    {
        // An argument that no command has: the answer tells whether there is a handler, and runs none.
        let name = command["name"].as_str().expect("a name");
        let reply = wire.ask(&request(name, json!({"~": null})));
        let enabled = reply["error"]["class"] != json!("CommandNotFound");
        assert_eq!(command["enabled"], json!(enabled), "{name}: {reply}");
    }
}

#[test]
fn errors_have_a_class_and_a_description() {
    let cases = [
        (
            "no-such-command",
            json!({}),
            "CommandNotFound",
            "The command no-such-command has not been found",
        ),
        (
            "guest-ping",
            json!({"foo": 42}),
            "GenericError",
            "Parameter 'foo' is unexpected",
        ),
        (
            "guest-sync",
            json!({}),
            "GenericError",
            "Parameter 'id' is missing",
        ),
        (
            "guest-file-close",
            json!({"handle": 5}),
            "GenericError",
            "handle '5' has not been found",
        ),
    ];
    for (command, arguments, class, desc) in cases {
        let reply = ask(&request(command, arguments));
        assert_eq!(reply, json!({"error": {"class": class, "desc": desc}}));
    }
}

#[test]
fn every_request_gets_exactly_one_reply() {
    let bad = [
        "{}",
        "[]",
        "\"x\"",
        "{\"execute\": 1}",
        "{\"execute\": \"no-such-command\"}",
        "{\"execute\": \"guest-sync\"}",
        "{\"execute\": \"guest-file-read\", \"arguments\": {\"handle\": 1}}",
        "{\"execute\": \"guest-ping\", \"arguments\": 1}",
        "{\"execute\": \"guest-ping\", \"more\": 1}",
        "{\"execute\" \"guest-ping\"}",
        "nonsense ",
    ];
    for request in bad {
        let replies = replies_to(format!("{request}{PING}"));
        let lines: Vec<&str> = replies.lines().collect();
        assert_eq!(lines.len(), 2, "{request}: {replies}");
        assert!(
            lines[0].contains("\"error\": {\"class\": "),
            "{request}: {replies}"
        );
        assert_eq!(lines[1], "{\"return\": {}}", "{request}");
    }
}

#[test]
fn a_request_is_run_at_its_last_brace() {
    let agent = agent();
    let mut wire = agent.connect();
    for part in ["{\"exec", "ute\":\n\"guest-", "ping\"\n\n,'id': 'one'"] {
        wire.send(part);
    }
    wire.send("}");
    assert_eq!(wire.line(), b"{\"return\": {}, \"id\": \"one\"}\n");
    wire.send("{'execute':'guest-ping'}{'execute':'guest-ping'}");
    assert_eq!(
        [wire.line(), wire.line()].concat(),
        b"{\"return\": {}}\n{\"return\": {}}\n"
    );
}

#[test]
fn an_unclosed_brace_swallows_everything_up_to_a_reset() {
    let agent = agent();
    let mut wire = agent.connect();
    let replies = wire.replies_to_then_reset(format!("{{\n{PING}\n{PING}\n"));
    let text = String::from_utf8(replies).expect("replies are text");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!text.contains("return"), "{text}");
    assert_eq!(wire.replies_to(PING), b"{\"return\": {}}\n");
}

#[test]
fn a_large_file_comes_back_as_it_was_written() {
    const SIZE: usize = 12 << 20;
    const PIECE: usize = 3 << 20;
    let agent = agent();
    let mut client = client(&agent);
    let bytes: Vec<u8> = (0..SIZE)
        .map(|index| (index.wrapping_mul(2_654_435_761) >> 11).to_le_bytes()[0])
        .collect();
    let open = GuestFileOpenArgs::new("large").mode("w+");
    let handle = client.guest_file_open(&open).expect("the file opens");
    for piece in bytes.chunks(PIECE) {
        let encoded = base64(piece);
        let written = client.guest_file_write(&qga_types::GuestFileWriteArgs::new(handle, encoded));
        assert_eq!(
            written.expect("the disk has room").count,
            i64::try_from(piece.len()).expect("it fits")
        );
    }
    client
        .guest_file_flush(&qga_types::GuestFileFlushArgs::new(handle))
        .expect("the disk has room");
    assert_eq!(
        std::fs::read(agent.home().join("large")).expect("the file is there"),
        bytes
    );
    let start = qga_types::QGASeek::Set;
    let seek = qga_types::GuestFileSeekArgs::new(handle, 0, start);
    client.guest_file_seek(&seek).expect("files can seek");
    let mut read = 0;
    loop {
        let arguments =
            GuestFileReadArgs::new(handle).count(i64::try_from(PIECE).expect("it fits"));
        let piece = client
            .guest_file_read(&arguments)
            .expect("the file is there");
        let count = usize::try_from(piece.count).expect("a count is not negative");
        assert_eq!(piece.buf_b64, base64(&bytes[read..read + count]));
        read += count;
        if piece.eof {
            break;
        }
    }
    assert_eq!(read, SIZE);
    client
        .guest_file_close(&qga_types::GuestFileCloseArgs::new(handle))
        .expect("it was open");
}

#[test]
fn handles_outlive_a_connection_and_numbers_outlive_a_handle() {
    let agent = agent();
    let open = request("guest-file-open", json!({"path": "kept", "mode": "w"}));
    assert_eq!(agent.connect().ask(&open), json!({"return": 1000}));
    let close = request("guest-file-close", json!({"handle": 1000}));
    assert_eq!(agent.connect().ask(&close), json!({"return": {}}));
    assert_eq!(agent.connect().ask(&open), json!({"return": 1001}));
}

#[test]
fn a_program_is_run_with_input_and_both_outputs_captured() {
    let agent = agent();
    let mut client = client(&agent);
    let arguments = GuestExecArgs::new("sh")
        .arg(
            ["-c", "cat; echo to stderr >&2; exit 7"]
                .map(String::from)
                .to_vec(),
        )
        .input_data(base64(b"to stdout"))
        .capture_output(true);
    let pid = client.guest_exec(&arguments).expect("there is a shell").pid;
    let status = wait_for(&mut client, pid);
    assert_eq!(status.exitcode, Some(7));
    assert_eq!(status.out_data, Some(base64(b"to stdout")));
    assert_eq!(status.err_data, Some(base64(b"to stderr\n")));
    client
        .guest_exec_status(&GuestExecStatusArgs::new(pid))
        .expect_err("a result is given once");
}

#[test]
fn the_agent_answers_while_a_program_runs() {
    let agent = agent();
    let mut client = client(&agent);
    run(
        &mut client,
        &GuestExecArgs::new("mkfifo").arg(vec!["gate".into()]),
    );
    let arguments = GuestExecArgs::new("cat")
        .arg(vec!["gate".into()])
        .capture_output(true);
    let pid = client.guest_exec(&arguments).expect("there is cat").pid;
    client.guest_ping().expect("the agent answers");
    assert!(
        !client
            .guest_exec_status(&GuestExecStatusArgs::new(pid))
            .expect("it runs")
            .exited
    );
    std::fs::write(agent.home().join("gate"), "through the gate").expect("somebody reads");
    let status = wait_for(&mut client, pid);
    assert_eq!(status.out_data, Some(base64(b"through the gate")));
}

#[test]
fn captured_output_has_a_limit_and_tells_when_it_is_reached() {
    const LIMIT: usize = 16 << 20;
    let agent = agent();
    let mut client = client(&agent);
    for (size, truncated) in [(LIMIT, false), (LIMIT + 1, true)] {
        let arguments = vec!["-c".into(), size.to_string(), "/dev/zero".into()];
        let status = run(
            &mut client,
            &GuestExecArgs::new("head")
                .arg(arguments)
                .capture_output(true),
        );
        assert_eq!(status.exitcode, Some(0));
        assert_eq!(
            status.out_data.map(|data| data.len()),
            Some(LIMIT.div_ceil(3) * 4),
            "{size} bytes"
        );
        assert_eq!(status.out_truncated, Some(truncated), "{size} bytes");
    }
}

#[test]
fn the_generated_client_understands_every_answer() {
    let agent = agent();
    let mut client = client(&agent);
    client.client().resynchronize().expect("the agent answers");
    client.guest_ping().expect("the agent answers");
    let info = client.guest_info().expect("the agent answers");
    assert!(
        info.supported_commands
            .iter()
            .any(|command| command.name == "guest-ping" && command.enabled)
    );
    client.guest_get_time().expect("there is a clock");
    client.guest_get_timezone().expect("there is a time zone");
    client.guest_get_host_name().expect("there is a name");
    client.guest_get_osinfo().expect("there is a system");
    let interfaces = client
        .guest_network_get_interfaces()
        .expect("there is a network");
    assert!(interfaces.iter().any(|interface| interface.name == "lo"));
    let error = client
        .guest_file_open(&GuestFileOpenArgs::new("absent"))
        .expect_err("it is absent");
    assert_eq!(
        error.to_string(),
        "failed to open file 'absent' (mode: 'r'): No such file or directory"
    );
    client.guest_ping().expect("an error is no end");
}

fn client(agent: &Agent) -> GuestAgentClient<UnixStream> {
    GuestAgentClient::new(UnixStream::connect(agent.socket()).expect("the agent listens"))
}

fn run(client: &mut GuestAgentClient<UnixStream>, arguments: &GuestExecArgs) -> GuestExecStatus {
    let pid = client
        .guest_exec(arguments)
        .expect("the program is there")
        .pid;
    wait_for(client, pid)
}

/// Asks for a program until it has ended.
fn wait_for(client: &mut GuestAgentClient<UnixStream>, pid: i64) -> GuestExecStatus {
    loop {
        let status = client
            .guest_exec_status(&GuestExecStatusArgs::new(pid))
            .expect("it was started");
        if status.exited {
            return status;
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

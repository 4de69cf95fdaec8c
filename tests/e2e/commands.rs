//! The commands: what they do to files and programs, and what they tell.

use std::fs;
use std::os::unix::net::UnixStream;

use qapi_runtime::client;
use qapi_tests::Agent;
use qga_types::{
    GuestAgentClient, GuestExecArgs, GuestExecStatus, GuestExecStatusArgs, GuestFileCloseArgs,
    GuestFileFlushArgs, GuestFileOpenArgs, GuestFileReadArgs, GuestFileSeekArgs,
    GuestFileWriteArgs, QGASeek,
};
use serde_json::json;

use crate::{agent, request};

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
        let written = client.guest_file_write(&GuestFileWriteArgs::new(handle, piece));
        assert_eq!(
            written.expect("the disk has room").count,
            i64::try_from(piece.len()).expect("it fits")
        );
    }
    client
        .guest_file_flush(&GuestFileFlushArgs::new(handle))
        .expect("the disk has room");
    assert_eq!(
        fs::read(agent.home().join("large")).expect("the file is there"),
        bytes
    );
    let start = QGASeek::Set;
    let seek = GuestFileSeekArgs::new(handle, 0, start);
    client.guest_file_seek(&seek).expect("files can seek");
    let mut read = 0;
    loop {
        let arguments =
            GuestFileReadArgs::new(handle).count(i64::try_from(PIECE).expect("it fits"));
        let piece = client
            .guest_file_read(&arguments)
            .expect("the file is there");
        let count = usize::try_from(piece.count).expect("a count is not negative");
        assert!(piece.buf_b64.as_bytes() == Some(&bytes[read..read + count]));
        read += count;
        if piece.eof {
            break;
        }
    }
    assert_eq!(read, SIZE);
    client
        .guest_file_close(&GuestFileCloseArgs::new(handle))
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
        .input_data(b"to stdout")
        .capture_output(true);
    let pid = client.guest_exec(&arguments).expect("there is a shell").pid;
    let status = wait_for(&mut client, pid);
    assert_eq!(status.exitcode, Some(7));
    assert_eq!(status.out_data, Some("to stdout".into()));
    assert_eq!(status.err_data, Some("to stderr\n".into()));
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
    fs::write(agent.home().join("gate"), "through the gate").expect("somebody reads");
    let status = wait_for(&mut client, pid);
    assert_eq!(status.out_data, Some("through the gate".into()));
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
            status.out_data.map(|data| data.0.len()),
            Some(LIMIT),
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

fn client(agent: &Agent) -> GuestAgentClient<client::Agent<UnixStream>> {
    GuestAgentClient::over(UnixStream::connect(agent.socket()).expect("the agent listens"))
}

fn run(
    client: &mut GuestAgentClient<client::Agent<UnixStream>>,
    arguments: &GuestExecArgs<'_>,
) -> GuestExecStatus {
    let pid = client
        .guest_exec(arguments)
        .expect("the program is there")
        .pid;
    wait_for(client, pid)
}

/// Asks for a program until it has ended.
fn wait_for(client: &mut GuestAgentClient<client::Agent<UnixStream>>, pid: i64) -> GuestExecStatus {
    loop {
        let status = client
            .guest_exec_status(&GuestExecStatusArgs::new(pid))
            .expect("it was started");
        if status.exited {
            return status;
        }
    }
}

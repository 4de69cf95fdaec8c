//! Messages of real agents and clients, through the generated types.

use std::fmt::Debug;
use std::io::{self, Read, Write};

use qapi_runtime::serde::Serialize;
use qapi_runtime::{DecodeOwned, Document, Input, Unknown};
use qga_types::*;

fn decode<T: DecodeOwned>(json: &str, unknown: Unknown) -> Result<T, String> {
    let value = serde_json::from_str(json).expect("the test holds JSON");
    let document = Document::from_value(&value);
    let decoded = T::decode(Input::new(document.root(), unknown));
    decoded.map_err(|error| error.to_string())
}

/// Reads `json`, compares, and writes the same text again.
fn round_trip<T: DecodeOwned + Serialize + PartialEq + Debug>(json: &str, expected: &T) {
    assert_eq!(decode::<T>(json, Unknown::Refuse).as_ref(), Ok(expected));
    assert_eq!(
        qapi_runtime::to_string(expected).ok().as_deref(),
        Some(json)
    );
}

fn refused<T: DecodeOwned + Debug>(json: &str) -> String {
    decode::<T>(json, Unknown::Refuse).expect_err("it is wrong")
}

#[test]
fn there_are_43_commands() {
    let names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
    assert_eq!(names.len(), 43);
    assert_eq!(
        names[..3],
        ["guest-sync-delimited", "guest-sync", "guest-ping"]
    );
    assert!(!names.contains(&"guest-get-devices"), "it is for Windows");
}

#[test]
fn four_commands_do_not_answer_success() {
    let silent = COMMANDS.iter().filter(|command| !command.success_response);
    let silent: Vec<_> = silent.map(|command| command.name).collect();
    let expected = [
        "guest-shutdown",
        "guest-suspend-disk",
        "guest-suspend-ram",
        "guest-suspend-hybrid",
    ];
    assert_eq!(silent, expected);
}

#[test]
fn files_are_opened_read_and_sought() {
    round_trip(
        r#"{"path": "/tmp/x", "mode": "w+"}"#,
        &GuestFileOpenArgs::new("/tmp/x").mode("w+"),
    );
    round_trip(r#"{"handle": 1000}"#, &GuestFileReadArgs::new(1000));
    round_trip(
        r#"{"count": 3, "buf-b64": "YWJj", "eof": false}"#,
        &GuestFileRead::new(3, "abc", false),
    );
    round_trip(
        r#"{"handle": 1000, "offset": -4, "whence": "end"}"#,
        &GuestFileSeekArgs::new(1000, -4, QGASeek::End),
    );
    round_trip(
        r#"{"handle": 1000, "offset": 0, "whence": 1}"#,
        &GuestFileSeekArgs::new(1000, 0, 1),
    );
}

#[test]
fn programs_are_run() {
    let json = r#"{"path": "sh", "arg": ["-c", "true"], "env": ["A=b"], "input-data": "aGkK", "capture-output": "merged"}"#;
    let args = GuestExecArgs::new("sh")
        .arg(vec!["-c".to_owned(), "true".to_owned()])
        .env(vec!["A=b".to_owned()])
        .input_data(b"hi\n")
        .capture_output(GuestExecCaptureOutputMode::Merged);
    assert_eq!(qapi_runtime::to_string(&args).ok().as_deref(), Some(json));
    // What is read keeps the text of the document.
    let document = Document::parse(json.as_bytes()).expect("the test holds JSON");
    assert_eq!(document.input("x", Unknown::Refuse).decode(), Ok(args));
    round_trip(
        r#"{"exited": true, "exitcode": 0, "out-data": "aGkK"}"#,
        &GuestExecStatus::new(true).exitcode(0).out_data("hi\n"),
    );
}

#[test]
fn disks_are_described() {
    let address = GuestDiskAddress::new(
        GuestPCIAddress::new(0, 0, 7, 0),
        GuestDiskBusType::Virtio,
        0,
        0,
        0,
    );
    round_trip(
        r#"{"name": "/dev/vda", "partition": false, "dependencies": [], "address": {"pci-controller": {"domain": 0, "bus": 0, "slot": 7, "function": 0}, "bus-type": "virtio", "bus": 0, "target": 0, "unit": 0}, "smart": {"type": "ide"}}"#,
        &GuestDiskInfo::new("/dev/vda", false)
            .dependencies(Vec::new())
            .address(address)
            .smart(GuestDiskSmart::Ide),
    );
    assert_eq!(
        refused::<GuestDiskSmart>(r#"{"type": "nvme"}"#),
        "Parameter 'critical-warning' is missing"
    );
}

#[test]
fn counters_keep_all_their_bits() {
    let stats = GuestNetworkInterfaceStat::new(u64::MAX, 0, 0, 0, 9007199254740993, 0, 0, 0);
    round_trip(
        r#"{"rx-bytes": 18446744073709551615, "rx-packets": 0, "rx-errs": 0, "rx-dropped": 0, "tx-bytes": 9007199254740993, "tx-packets": 0, "tx-errs": 0, "tx-dropped": 0}"#,
        &stats,
    );
}

#[test]
fn arguments_are_strict() {
    let cases = [
        (
            r#"{"handle": 1, "offset": 0}"#,
            "Parameter 'whence' is missing",
        ),
        (
            r#"{"handle": "1", "offset": 0, "whence": 0}"#,
            "Invalid parameter type for 'handle', expected: integer",
        ),
        (
            r#"{"handle": 1.0, "offset": 0, "whence": 0}"#,
            "Invalid parameter type for 'handle', expected: integer",
        ),
        (
            r#"{"handle": 1, "offset": 0, "whence": true}"#,
            "Invalid parameter type for 'whence', expected: GuestFileWhence",
        ),
        (
            r#"{"handle": 1, "offset": 0, "whence": "middle"}"#,
            "Parameter 'whence' does not accept value 'middle'",
        ),
        (
            r#"{"handle": 1, "offset": 0, "whence": 0, "why": 1}"#,
            "Parameter 'why' is unexpected",
        ),
    ];
    for (json, expected) in cases {
        assert_eq!(refused::<GuestFileSeekArgs>(json), expected);
    }
}

#[test]
fn clients_ignore_what_a_newer_agent_adds() {
    let json = r#"{"host-name": "vm", "domain": "example.org"}"#;
    assert_eq!(decode(json, Unknown::Ignore), Ok(GuestHostName::new("vm")));
    assert_eq!(
        refused::<GuestHostName>(json),
        "Parameter 'domain' is unexpected"
    );
}

#[test]
fn clients_keep_values_of_a_newer_agent() {
    let json = r#"{"name": "/dev/sda", "partition": false, "address": {"pci-controller": {"domain": 0, "bus": 0, "slot": 7, "function": 0}, "bus-type": "ufs", "bus": 0, "target": 0, "unit": 0}, "smart": {"type": "ufs", "wear": 3}}"#;
    let disk: GuestDiskInfo = decode(json, Unknown::Ignore).expect("no disk is lost");
    assert_eq!(qapi_runtime::to_string(&disk).ok().as_deref(), Some(json));
    let bus = disk.address.map(|address| address.bus_type);
    assert!(matches!(bus, Some(GuestDiskBusType::Other(other)) if other.as_str() == "ufs"));
    assert!(matches!(
        disk.smart,
        Some(GuestDiskSmart::Other(smart)) if smart.members["wear"] == 3
    ));
    assert_eq!(
        refused::<GuestDiskInfo>(json),
        "Parameter 'bus-type' does not accept value 'ufs'"
    );
}

#[test]
fn serde_reads_what_another_release_wrote() {
    let json = r#"{"id": "debian", "cpe-name": "cpe:/o:debian"}"#;
    let info = serde_json::from_str::<GuestOSInfo>(json).expect("it fits");
    assert_eq!(info, GuestOSInfo::new().id("debian"));
}

/// An agent's answers, and what it was asked, as one stream.
struct Wire {
    replies: io::Cursor<&'static [u8]>,
    requests: Vec<u8>,
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.replies.read(buffer)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.requests.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_client_asks_and_understands() {
    let wire = Wire {
        replies: io::Cursor::new(b"{\"return\": {}}\n{\"return\": 1000}\n"),
        requests: Vec::new(),
    };
    let mut agent = GuestAgentClient::over(wire);
    agent.guest_ping().expect("the agent answered");
    let handle = agent.guest_file_open(&GuestFileOpenArgs::new("/x"));
    assert_eq!(handle.expect("the agent answered"), 1000);
    let requests = String::from_utf8_lossy(&agent.client().stream().requests).into_owned();
    assert!(
        requests.contains(r#""execute": "guest-ping""#),
        "{requests}"
    );
    assert!(
        requests.contains(r#""arguments": {"path": "/x"}"#),
        "{requests}"
    );
}

//! What generated types read and write.

#![allow(dead_code, reason = "not every setter of every golden is used")]

mod event;
mod unknown;

use std::fmt::Debug;

use qapi_runtime::serde::Serialize;
use qapi_runtime::{DecodeOwned, Document, Session, Unknown};

macro_rules! golden {
    ($($name:ident: $path:literal,)*) => {
        $(
            #[doc = concat!("Generated: ", $path)]
            pub mod $name {
                include!($path);
            }
        )*
    };
}

golden! {
    alternate: "../golden/alternate/expected.rs",
    commands: "../golden/commands/expected.rs",
    conditions: "../golden/conditions/expected.rs",
    docs: "../golden/docs/expected.rs",
    enum_: "../golden/enum/expected.rs",
    events: "../golden/events/expected.rs",
    features: "../golden/features/expected.rs",
    hooks: "../golden/hooks/expected.rs",
    modules: "../golden/modules/expected.rs",
    names: "../golden/names/expected.rs",
    names_chosen: "../golden/names-chosen/expected.rs",
    open: "../golden/open/expected.rs",
    optional: "../golden/optional/expected.rs",
    recursion: "../golden/recursion/expected.rs",
    struct_: "../golden/struct/expected.rs",
    subset: "../golden/subset/expected.rs",
    union_base: "../golden/union-base/expected.rs",
    union_nested: "../golden/union-nested/expected.rs",
    union_tag_only: "../golden/union-tag-only/expected.rs",
}

/// Reads a value as a server does.
fn decode<T: DecodeOwned>(json: &str) -> Result<T, String> {
    let value = serde_json::from_str(json).expect("the test holds JSON");
    let document = Document::from_value(&value);
    let decoded = T::decode(document.input("x", Unknown::Refuse));
    decoded.map_err(|error| error.to_string())
}

fn encode(value: &impl Serialize) -> String {
    qapi_runtime::to_string(value).expect("every generated type has a JSON form")
}

/// Reads `json`, compares, and writes the same text again.
fn round_trip<T: DecodeOwned + Serialize + PartialEq + Debug>(json: &str, expected: &T) {
    assert_eq!(decode::<T>(json).as_ref(), Ok(expected));
    assert_eq!(encode(expected), json);
}

fn refused<T: DecodeOwned + Debug>(json: &str) -> String {
    decode::<T>(json).expect_err("it is wrong")
}

#[test]
fn struct_members_stand_in_order_of_the_schema() {
    use struct_::{Derived, Everything};
    let everything = Everything::new(
        "text",
        0.5,
        i64::MIN,
        i8::MIN,
        i16::MIN,
        i32::MIN,
        i64::MAX,
        u8::MAX,
        u16::MAX,
        u32::MAX,
        u64::MAX,
        1,
        true,
        serde_json::json!({ "b": 1, "a": null }),
        (),
        vec!["n".to_owned()],
        vec![Derived::new("me", 3)],
    );
    let json = r#"{"text": "text", "float": 0.5, "whole": -9223372036854775808, "tiny": -128, "short": -32768, "middle": -2147483648, "long": 9223372036854775807, "octet": 255, "port": 65535, "word": 4294967295, "counter": 18446744073709551615, "amount": 1, "flag": true, "anything": {"b": 1, "a": null}, "nothing": null, "names": ["n"], "nested": [{"id": "me", "size": 3}]}"#;
    round_trip(json, &everything);
}

#[test]
fn base_and_own_members_are_one_object() {
    use struct_::{Derived, Nothing};
    assert_eq!(
        decode(r#"{"size": 3, "id": "me"}"#),
        Ok(Derived::new("me", 3))
    );
    assert_eq!(
        refused::<Derived>(r#"{"size": 3}"#),
        "Parameter 'x.id' is missing"
    );
    assert_eq!(
        refused::<Derived>(r#"{"id": "me", "size": 3, "more": 1}"#),
        "Parameter 'x.more' is unexpected"
    );
    round_trip("{}", &Nothing::new());
    assert_eq!(
        refused::<Nothing>(r#"{"a": 1}"#),
        "Parameter 'x.a' is unexpected"
    );
}

#[test]
fn mistakes_are_found_in_order_of_the_schema() {
    use struct_::Derived;
    assert_eq!(
        refused::<Derived>(r#"{"more": 1, "size": "3", "id": 1}"#),
        "Invalid parameter type for 'x.id', expected: string"
    );
}

#[test]
fn absent_null_and_present_differ() {
    use optional::{AllOptional, Mixed, StrOrNull};
    round_trip(r#"{"name": "n"}"#, &Mixed::new("n"));
    round_trip(
        r#"{"name": "n", "nick-name": "k", "credentials": null, "default": null, "sizes": []}"#,
        &Mixed::new("n")
            .nick_name("k")
            .credentials(StrOrNull::N)
            .default(serde_json::Value::Null)
            .sizes(Vec::new()),
    );
    round_trip(
        r#"{"name": "n", "credentials": "c"}"#,
        &Mixed::new("n").credentials("c".to_owned()),
    );
    assert_eq!(
        refused::<Mixed>(r#"{"name": "n", "nick-name": null}"#),
        "Invalid parameter type for 'x.nick-name', expected: string"
    );
    round_trip("{}", &AllOptional::default());
}

#[test]
fn enums_are_text() {
    use enum_::{LinkSpeed, RunState};
    round_trip(r#""not-found""#, &RunState::NotFound);
    assert_eq!(RunState::ALL.len(), 3);
    assert_eq!("2_5".parse(), Ok(LinkSpeed::_2_5));
    assert_eq!(LinkSpeed::_25.to_string(), "25");
    assert_eq!(format!("{:>6}", RunState::None), "  none");
    assert!("no".parse::<RunState>().is_err());
    assert_eq!(
        refused::<RunState>(r#""no""#),
        "Parameter 'x' does not accept value 'no'"
    );
    assert_eq!(
        refused::<RunState>("1"),
        "Invalid parameter type for 'x', expected: string"
    );
}

#[test]
fn a_tag_may_stand_anywhere() {
    use union_tag_only::{Bus, Disk, Smart};
    let disk = Disk::Nvme(Smart::new(300).serial("s"));
    round_trip(
        r#"{"type": "nvme", "temperature": 300, "serial": "s"}"#,
        &disk,
    );
    assert_eq!(
        decode(r#"{"serial": "s", "temperature": 300, "type": "nvme"}"#),
        Ok(disk)
    );
    round_trip(r#"{"type": "ide"}"#, &Disk::Ide);
    assert_eq!(Disk::Scsi(Smart::new(1)).tag(), Bus::Scsi);
    assert_eq!(
        refused::<Disk>(r#"{"type": "ide", "temperature": 300}"#),
        "Parameter 'x.temperature' is unexpected"
    );
    assert_eq!(
        refused::<Disk>(r#"{"type": "nvme"}"#),
        "Parameter 'x.temperature' is missing"
    );
    assert_eq!(refused::<Disk>("{}"), "Parameter 'x.type' is missing");
    assert_eq!(
        refused::<Disk>(r#"{"type": "usb"}"#),
        "Parameter 'type' does not accept value 'usb'"
    );
}

#[test]
fn branches_without_members_are_nothing_but_the_tag() {
    use union_tag_only::Bare;
    round_trip(r#"{"type": "scsi"}"#, &Bare::Scsi);
    assert_eq!(
        refused::<Bare>(r#"{"type": "scsi", "a": 1}"#),
        "Parameter 'x.a' is unexpected"
    );
}

#[test]
fn base_tag_and_branch_are_one_object() {
    use union_base::{Kind, Middle, MiddleBranch, Netdev, NetdevBranch, Tap, User};
    let tap = Netdev::new("n", NetdevBranch::Tap(Tap::new(3)));
    round_trip(r#"{"id": "n", "type": "tap", "fd": 3}"#, &tap);
    assert_eq!(decode(r#"{"fd": 3, "type": "tap", "id": "n"}"#), Ok(tap));
    round_trip(
        r#"{"id": "n", "type": "user", "host": "h"}"#,
        &Netdev::new("n", NetdevBranch::User(User::new().host("h"))),
    );
    let middle = Middle::new(1, MiddleBranch::Tap(Tap::new(3))).branch_("b");
    assert_eq!(middle.branch.tag(), Kind::Tap);
    round_trip(
        r#"{"object": 1, "kind": "tap", "branch": "b", "fd": 3}"#,
        &middle,
    );
}

#[test]
fn unions_find_mistakes_in_order_of_the_schema() {
    use union_base::Middle;
    assert_eq!(
        refused::<Middle>(r#"{"kind": "no", "branch": 1}"#),
        "Parameter 'x.object' is missing"
    );
    assert_eq!(
        refused::<Middle>(r#"{"object": 1, "kind": "no", "branch": 1}"#),
        "Parameter 'kind' does not accept value 'no'"
    );
    assert_eq!(
        refused::<Middle>(r#"{"object": 1, "kind": "tap", "branch": 1}"#),
        "Invalid parameter type for 'x.branch', expected: string"
    );
    assert_eq!(
        refused::<Middle>(r#"{"object": 1, "kind": "tap"}"#),
        "Parameter 'x.fd' is missing"
    );
}

#[test]
fn a_branch_may_be_a_union() {
    use union_nested::{Address, Exec, Inet, SocketAddress};
    let socket = Address::Socket(SocketAddress::Inet(Inet::new("h", 1)));
    round_trip(
        r#"{"transport": "socket", "type": "inet", "host": "h", "port": 1}"#,
        &socket,
    );
    round_trip(
        r#"{"transport": "exec", "args": []}"#,
        &Address::Exec(Exec::new(Vec::new())),
    );
    assert_eq!(
        refused::<Address>(r#"{"transport": "socket", "type": "unix", "path": "p", "port": 1}"#),
        "Parameter 'x.port' is unexpected"
    );
}

#[test]
fn alternates_are_chosen_by_kind() {
    use alternate::{Detail, Holder, Mode, Setting};
    round_trip(r#"{"setting": null}"#, &Holder::new(Setting::None));
    round_trip(r#"{"setting": true}"#, &Holder::new(true));
    round_trip(r#"{"setting": 7}"#, &Holder::new(7));
    round_trip(r#"{"setting": "fast"}"#, &Holder::new(Mode::Fast));
    round_trip(r#"{"setting": [1, 2]}"#, &Holder::new(vec![1, 2]));
    round_trip(r#"{"setting": {"level": 1}}"#, &Holder::new(Detail::new(1)));
    assert_eq!(
        refused::<Holder>(r#"{"setting": "maybe"}"#),
        "Parameter 'setting' does not accept value 'maybe'"
    );
    assert_eq!(
        refused::<Holder>(r#"{"setting": {"level": 1, "more": 2}}"#),
        "Parameter 'x.setting.more' is unexpected"
    );
    assert_eq!(
        refused::<optional::StrOrNull>("1"),
        "Invalid parameter type for 'x', expected: StrOrNull"
    );
}

#[test]
fn recursion_has_an_end() {
    use recursion::{ImageInfo, Node, NodeRef, Overlay, Raw};
    round_trip(
        r#"{"file": "a", "backing": {"file": "b"}, "children": [{"file": "c"}]}"#,
        &ImageInfo::new("a")
            .backing(ImageInfo::new("b"))
            .children(vec![ImageInfo::new("c")]),
    );
    round_trip(
        r#"{"driver": "overlay", "top": "t", "bottom": {"driver": "raw", "file": "f"}}"#,
        &Node::Overlay(
            Overlay::new("t".to_owned())
                .bottom(Node::Raw(Raw::new(NodeRef::Reference("f".to_owned())))),
        ),
    );
}

#[test]
fn names_on_the_wire_are_those_of_the_schema() {
    use names::{Keywords, Shouting, String_};
    round_trip(
        r#"{"type": "t", "in": 1, "if": 2, "match": 3, "abstract": 4, "gen": 5, "self": 6, "new": 7, "UUID": "u"}"#,
        &Keywords::new("t", 1, 2, 3, 4, 5, 6).new_(7).uuid("u"),
    );
    let values: Vec<_> = Shouting::ALL.iter().map(Shouting::as_str).collect();
    assert_eq!(
        values,
        ["EAX", "camelCase", "self", "static", "3des", "err", "a-l-l"]
    );
    assert_eq!("err".parse(), Ok(Shouting::Err));
    round_trip(r#"{"str": "s"}"#, &String_::new("s"));
}

#[test]
fn serde_reads_what_the_protocol_reads() {
    use alternate::{Holder, Mode, Setting};
    use struct_::Derived;
    use union_tag_only::{Disk, Smart};

    let derived = serde_json::from_str::<Derived>(r#"{"size": 3, "id": "me", "more": []}"#);
    assert_eq!(derived.expect("it fits"), Derived::new("me", 3));
    let disk = serde_json::from_str::<Disk>(r#"{"temperature": 300, "type": "nvme"}"#);
    assert_eq!(disk.expect("it fits"), Disk::Nvme(Smart::new(300)));
    let settings = serde_json::from_str::<Vec<Setting>>(r#"[null, "fast"]"#);
    assert_eq!(
        settings.expect("they fit"),
        [Setting::None, Setting::from(Mode::Fast)]
    );
    let error = serde_json::from_str::<Holder>(r#"{"setting": "maybe"}"#)
        .expect_err("there is no such mode");
    assert_eq!(
        error.to_string(),
        "Parameter 'setting' does not accept value 'maybe'"
    );
}

#[test]
fn serde_reads_integers_exactly() {
    use union_tag_only::Smart;
    let read = |number: &str| {
        let json = format!(r#"{{"temperature": {number}}}"#);
        serde_json::from_str::<Smart>(&json).map(|smart| smart.temperature)
    };
    for number in [i64::MIN, i64::MAX, (1 << 53) + 1] {
        assert_eq!(read(&number.to_string()).expect("it fits"), number);
    }
    let error = read("1.0").expect_err("what counts is the spelling");
    assert_eq!(
        error.to_string(),
        "Invalid parameter type for 'temperature', expected: integer"
    );
}

#[test]
fn excluded_parts_are_unknown() {
    use conditions::{Choice, Either, Here, Tag};
    round_trip(r#"{"always": 1, "on": 2}"#, &Here::new(1, 2));
    assert_eq!(
        refused::<Here>(r#"{"always": 1, "on": 2, "off": {}}"#),
        "Parameter 'x.off' is unexpected"
    );
    assert_eq!(Tag::ALL, [Tag::A, Tag::B]);
    round_trip(r#"{"tag": "b"}"#, &Choice::B);
    assert_eq!(
        refused::<Either>("true"),
        "Invalid parameter type for 'x', expected: Either"
    );
    let table: Vec<_> = conditions::COMMANDS
        .iter()
        .map(|row| (row.name, row.features))
        .collect();
    assert_eq!(table, [("be-here", ["on"].as_slice())]);
}

/// Remembers what it was asked.
#[derive(Default)]
struct Machine {
    asked: Vec<String>,
    mode: Option<commands::Mode>,
}

impl commands::Service for Machine {
    fn ping(&mut self) -> Result<(), qapi_runtime::Error> {
        Ok(())
    }

    fn add(&mut self, args: commands::AddArgs) -> Result<i64, qapi_runtime::Error> {
        let sum = args
            .a
            .checked_add(args.b)
            .and_then(|sum| sum.checked_add(args.c.unwrap_or(0)));
        sum.ok_or_else(|| qapi_runtime::Error::generic("the sum is too large"))
    }

    fn get_mode(&mut self) -> Result<commands::Mode, qapi_runtime::Error> {
        Ok(self.mode.clone().unwrap_or(commands::Mode::Off))
    }

    fn set_mode(&mut self, args: commands::SetModeArgs) -> Result<(), qapi_runtime::Error> {
        self.mode = Some(args.mode);
        Ok(())
    }

    fn list_jobs(&mut self) -> Result<Vec<commands::Job>, qapi_runtime::Error> {
        Ok(vec![commands::Job::new("a"), commands::Job::new("b")])
    }

    fn start_job(&mut self, args: commands::Job) -> Result<commands::Job, qapi_runtime::Error> {
        Ok(args)
    }

    fn change_job(&mut self, args: commands::JobChange) -> Result<(), qapi_runtime::Error> {
        self.asked.push(format!("{:?}", args.branch));
        Ok(())
    }

    fn shut_down(&mut self, args: commands::ShutDownArgs) -> Result<(), qapi_runtime::Error> {
        self.asked.push(format!("{:?}", args.force));
        Ok(())
    }

    fn add_device(
        &mut self,
        args: qapi_runtime::Map<String, qapi_runtime::Value>,
    ) -> Result<(), qapi_runtime::Error> {
        self.asked
            .push(format!("{:?}", args.keys().collect::<Vec<_>>()));
        Ok(())
    }

    fn sync(&mut self, args: commands::SyncArgs) -> Result<i64, qapi_runtime::Error> {
        Ok(args.id)
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
    assert_eq!(names.len(), 10);
    let silent = commands::COMMANDS
        .iter()
        .filter(|row| !row.success_response);
    assert_eq!(
        silent.map(|row| row.name).collect::<Vec<_>>(),
        ["shut-down"]
    );
    let oob = commands::COMMANDS.iter().filter(|row| row.allow_oob);
    assert_eq!(oob.map(|row| row.name).collect::<Vec<_>>(), ["set-mode"]);
    assert_eq!(features::COMMANDS[0].features, ["deprecated"]);
}

#[test]
fn files_become_modules() {
    use modules::block_core::Drive;
    use modules::common::{Child, OnOff};
    use modules::type_::Link;
    let drive = Drive::new(Child::new(OnOff::On)).next(Drive::new(Child::new(OnOff::Off)));
    let machine = modules::Machine::new(vec![drive.clone()]).link(Link::On(drive));
    round_trip(
        r#"{"drives": [{"child": {"mode": "on"}, "next": {"child": {"mode": "off"}}}], "link": {"mode": "on", "child": {"mode": "on"}, "next": {"child": {"mode": "off"}}}}"#,
        &machine,
    );
    // The commands of all files are in one trait.
    let names: Vec<_> = modules::COMMANDS.iter().map(|info| info.name).collect();
    assert_eq!(names, ["eject", "set-mode", "query-machine"]);
}

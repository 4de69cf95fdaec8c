//! Structs: bases, recursion, conditions, and where they stand.

use crate::golden::{conditions, modules};
use crate::{decode, refused, round_trip};

#[test]
fn struct_members_stand_in_order_of_the_schema() {
    use crate::golden::struct_::{Derived, Everything};
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
    use crate::golden::struct_::{Derived, Nothing};
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
    use crate::golden::struct_::Derived;
    assert_eq!(
        refused::<Derived>(r#"{"more": 1, "size": "3", "id": 1}"#),
        "Invalid parameter type for 'x.id', expected: string"
    );
}

#[test]
fn the_base_of_a_base_comes_first() {
    use crate::golden::struct_::Further;
    round_trip(
        r#"{"id": "me", "size": 3, "colour": "red"}"#,
        &Further::new("me", 3).colour("red"),
    );
    assert_eq!(
        refused::<Further>(r#"{"colour": 1, "size": "3"}"#),
        "Parameter 'x.id' is missing"
    );
}

#[test]
fn recursion_has_an_end() {
    use crate::golden::recursion::{ImageInfo, Node, NodeRef, Overlay, Raw};
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
fn what_has_no_end_has_a_size_and_no_value() {
    use crate::golden::recursion::{Branching, Endless, Tree};
    assert_eq!(
        refused::<Endless>(r#"{"next": {"next": {}}}"#),
        "Parameter 'x.next.next.next' is missing"
    );
    round_trip(
        r#"{"left": {"left": {}, "right": {}}}"#,
        &Tree::new().left(Branching::new().left(Branching::new()).right(Tree::new())),
    );
}

#[test]
fn excluded_parts_are_unknown() {
    use crate::golden::conditions::{Choice, Either, Here, Tag};
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

#[test]
fn branches_exist_under_their_own_condition() {
    use crate::golden::conditions::{Loose, OnlyHere, Whole};
    round_trip(r#"{"tag": "a", "size": 1}"#, &Whole::A(OnlyHere::new(1)));
    round_trip(r#"{"tag": "a"}"#, &Loose::A);
    round_trip(
        r#"{"tag": "b", "size": 1}"#,
        &Loose::B(conditions::Free::new(1)),
    );
}

#[test]
fn files_become_modules() {
    use crate::golden::modules::block_core::Drive;
    use crate::golden::modules::common::{Child, OnOff};
    use crate::golden::modules::type_::Link;
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

use super::*;

/// A server with a command, an event and one type of each kind.
const ANSWER: &str = r#"[
    {"name": "add", "meta-type": "command", "arg-type": "0", "ret-type": "[1]",
     "allow-oob": true, "features": ["unstable"]},
    {"name": "GONE", "meta-type": "event", "arg-type": "1"},
    {"name": "__com.example_x", "meta-type": "event", "arg-type": "1"},
    {"name": "0", "meta-type": "object", "tag": "driver", "members": [
        {"name": "driver", "type": "2"},
        {"name": "old", "type": "str", "default": null, "features": ["deprecated"]},
        {"name": "__com.example_y", "type": "1", "default": null}
     ], "variants": [
        {"case": "disk", "type": "3"}, {"case": "net", "type": "1"}, {"case": "none", "type": "4"}
     ]},
    {"name": "[1]", "meta-type": "array", "element-type": "1"},
    {"name": "1", "meta-type": "object", "members": [{"name": "id", "type": "str"}], "features": ["typed"]},
    {"name": "2", "meta-type": "enum", "members": [
        {"name": "disk"}, {"name": "net", "features": ["unstable"]}, {"name": "none"}
     ], "values": ["disk", "net", "none"]},
    {"name": "3", "meta-type": "object", "members": [{"name": "file", "type": "5"}]},
    {"name": "4", "meta-type": "object", "members": []},
    {"name": "5", "meta-type": "alternate", "members": [{"type": "0"}, {"type": "str"}]},
    {"name": "str", "meta-type": "builtin", "json-type": "string"},
    {"name": "6", "meta-type": "news", "what": 1},
    "not even an object"
]"#;

fn supports(path: &str) -> bool {
    Introspection::parse(ANSWER).unwrap().supports(path)
}

fn check(there: &[&str], not_there: &[&str]) {
    for path in there {
        assert!(supports(path), "{path}");
    }
    for path in not_there {
        assert!(!supports(path), "{path}");
    }
}

#[test]
fn commands_and_events_are_there_by_name() {
    check(
        &[
            "add",
            "GONE",
            "__com.example_x",
            "add.arguments",
            "add.return",
            "GONE.data",
        ],
        &[
            "",
            "0",
            "str",
            "remove",
            "add.data",
            "GONE.arguments",
            "add.",
            "add.argument",
        ],
    );
}

#[test]
fn members_are_found_through_arrays_branches_and_alternates() {
    check(
        &[
            "add.arguments.old",
            "add.arguments.id",
            "add.arguments.file",
            "add.arguments.file.file.old",
            "add.arguments.__com.example_y.id",
            "add.return.id",
            "GONE.data.id",
            "__com.example_x.data.id",
        ],
        &[
            "add.arguments.new",
            "add.arguments.old.more",
            "add.arguments.id.id",
            "add.return.id.x",
            "add.arguments.__com",
        ],
    );
}

#[test]
fn values_are_found_by_name() {
    check(
        &["add.arguments.driver.disk", "add.arguments.file.driver.net"],
        &["add.arguments.driver.usb", "add.arguments.driver.disk.x"],
    );
}

#[test]
fn a_tag_chooses_one_branch() {
    check(
        &[
            "add.arguments.driver=disk",
            "add.arguments.driver=disk.file",
            "add.arguments.driver=disk.old",
            "add.arguments.driver=net.id",
            "add.arguments.driver=none.old",
            "add.arguments.file.driver=disk.file",
        ],
        &[
            "add.arguments.driver=usb",
            "add.arguments.driver=disk.id",
            "add.arguments.driver=net.file",
            "add.arguments.old=disk",
        ],
    );
}

#[test]
fn features_belong_to_what_stands_before_them() {
    check(
        &[
            "add#unstable",
            "add.arguments.old#deprecated",
            "add.arguments.driver.net#unstable",
            "GONE.data#typed",
            "add.return#typed",
            "add.arguments.__com.example_y#typed",
        ],
        &[
            "add#deprecated",
            "GONE#typed",
            "add.arguments.driver#unstable",
            "add.arguments.driver.disk#unstable",
            "add.arguments.new#deprecated",
        ],
    );
}

#[test]
fn everything_can_be_listed() {
    let introspection = Introspection::parse(ANSWER).unwrap();
    assert_eq!(introspection.commands().collect::<Vec<_>>(), ["add"]);
    assert_eq!(
        introspection.events().collect::<Vec<_>>(),
        ["GONE", "__com.example_x"]
    );
    assert!(introspection.allows_out_of_band("add"));
    assert!(!introspection.allows_out_of_band("GONE"));
}

#[test]
fn values_of_old_releases_are_plain_names() {
    let answer = r#"[
        {"name": "x", "meta-type": "command", "arg-type": "0", "ret-type": "1"},
        {"name": "1", "meta-type": "enum", "values": ["a"]}
    ]"#;
    let introspection = Introspection::parse(answer).unwrap();
    assert!(introspection.supports("x.return.a"));
    assert!(!introspection.supports("x.return.b"));
}

#[test]
fn an_answer_that_goes_in_circles_ends() {
    let answer = r#"[
        {"name": "x", "meta-type": "command", "arg-type": "0", "ret-type": "1"},
        {"name": "0", "meta-type": "array", "element-type": "0"},
        {"name": "1", "meta-type": "object", "tag": "t", "members": [],
         "variants": [{"case": "a", "type": "1"}, {"case": "b", "type": "1"}]}
    ]"#;
    let introspection = Introspection::parse(answer).unwrap();
    assert!(!introspection.supports("x.arguments.a"));
    assert!(!introspection.supports("x.return.a"));
    assert!(!introspection.supports("x.return#a"));
}

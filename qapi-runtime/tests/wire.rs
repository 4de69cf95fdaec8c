//! What QEMU's guest agent answers, byte for byte, with the same bytes from a
//! session: whole, split at every place, and one byte at a time.

mod common;

use common::replies;

/// The line of a `GenericError`; `desc` as it stands on the wire.
fn generic(desc: &str) -> String {
    format!("{{\"error\": {{\"class\": \"GenericError\", \"desc\": \"{desc}\"}}}}\n")
}

/// The line of an error of the JSON parser.
fn parse(desc: &str) -> String {
    generic(&format!("JSON parse error, {desc}"))
}

/// Checks the replies to `request` in every way of cutting it into pieces.
#[track_caller]
fn answers(request: impl AsRef<[u8]>, expected: impl AsRef<str>) {
    let (request, expected) = (request.as_ref(), expected.as_ref());
    let shown = request.escape_ascii();
    assert_eq!(replies([request]), expected, "{shown}");
    assert_eq!(
        replies(request.chunks(1)),
        expected,
        "{shown}, byte by byte"
    );
    for place in 1..request.len() {
        let (first, second) = request.split_at(place);
        assert_eq!(
            replies([first, second]),
            expected,
            "{shown}, split at {place}"
        );
    }
}

/// A call of `command` with `arguments`.
fn call(command: &str, arguments: &str) -> String {
    format!("{{\"execute\":\"{command}\",\"arguments\":{arguments}}}")
}

#[test]
fn success_is_one_line_with_the_id_behind() {
    answers(r#"{"execute":"guest-ping"}"#, "{\"return\": {}}\n");
    answers(
        r#"{"execute":"guest-ping","id":1}"#,
        "{\"return\": {}, \"id\": 1}\n",
    );
    answers(
        r#"{"execute":"guest-ping","id":null}"#,
        "{\"return\": {}, \"id\": null}\n",
    );
    answers(
        r#"{"id":["é",{"b":1,"a":0.1}],"execute":"guest-ping"}"#,
        "{\"return\": {}, \"id\": [\"\\u00E9\", {\"b\": 1, \"a\": 0.10000000000000001}]}\n",
    );
    answers(
        call("guest-sync", r#"{"id":9223372036854775807}"#),
        "{\"return\": 9223372036854775807}\n",
    );
    answers("{'execute':'guest-ping'}\n\r\n \t\n", "{\"return\": {}}\n");
    answers(
        r#"{"execute":"guest-ping"}{"execute":"guest-ping","id":2}"#,
        "{\"return\": {}}\n{\"return\": {}, \"id\": 2}\n",
    );
}

#[test]
fn ids_that_are_no_int64_are_refused() {
    for id in [
        "9223372036854775808",
        "-9223372036854775809",
        "1.0",
        "1e3",
        "\"1\"",
        "true",
        "null",
        "[]",
    ] {
        answers(
            call("guest-sync", &format!("{{\"id\":{id}}}")),
            generic("Invalid parameter type for 'id', expected: integer"),
        );
    }
}

#[test]
fn arguments_are_checked_in_the_order_of_the_schema() {
    let missing = generic("Parameter 'id' is missing");
    answers(r#"{"execute":"guest-sync"}"#, &missing);
    answers(call("guest-sync", "{}"), &missing);
    answers(call("guest-sync", r#"{"bar":2}"#), &missing);
    answers(
        r#"{"execute":"guest-sync","id":"q"}"#,
        "{\"id\": \"q\", \"error\": {\"class\": \"GenericError\", \"desc\": \"Parameter 'id' is missing\"}}\n",
    );
    for arguments in ["null", "[]", "3"] {
        answers(
            call("guest-sync", arguments),
            generic("QMP input member 'arguments' must be an object"),
        );
    }
    answers(
        call("guest-ping", r#"{"foo":1}"#),
        generic("Parameter 'foo' is unexpected"),
    );
    answers(
        call("guest-ping", r#"{"foo":1,"bar":2}"#),
        generic("Parameter 'bar' is unexpected"),
    );
}

#[test]
fn commands_that_are_not_run_have_their_own_class() {
    answers(
        r#"{"execute":"no-such"}"#,
        "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The command no-such has not been found\"}}\n",
    );
    answers(
        r#"{"execute":"guest-get-time"}"#,
        "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"Command guest-get-time has been disabled: the command is not allowed\"}}\n",
    );
}

#[test]
fn request_members_are_checked() {
    let not_a_string = generic("QMP input member 'execute' must be a string");
    answers(r#"{"execute":1}"#, &not_a_string);
    answers(r#"{"execute":null}"#, &not_a_string);
    answers(
        r#"{"exec-oob":"guest-ping"}"#,
        generic("QMP input member 'exec-oob' is unexpected"),
    );
    answers(
        r#"{"execute":"guest-ping","foo":1}"#,
        generic("QMP input member 'foo' is unexpected"),
    );
    answers(
        r#"{"EXECUTE":"x"}"#,
        generic("QMP input member 'EXECUTE' is unexpected"),
    );
    answers("{}", generic("QMP input lacks member 'execute'"));
    answers(
        r#"{"id":1}"#,
        "{\"id\": 1, \"error\": {\"class\": \"GenericError\", \"desc\": \"QMP input lacks member 'execute'\"}}\n",
    );
    for value in ["[]", "1 ", "\"x\"", "true ", "null "] {
        answers(value, generic("QMP input must be a JSON object"));
    }
}

#[test]
fn nested_arguments_are_named_by_their_path() {
    let vcpus = |vcpus: &str| call("guest-set-vcpus", &format!("{{\"vcpus\":{vcpus}}}"));
    answers(
        vcpus(r#"[{"logical-id":0}]"#),
        generic("Parameter 'vcpus[0].online' is missing"),
    );
    answers(
        vcpus("[1]"),
        generic("Invalid parameter type for 'vcpus[0]', expected: object"),
    );
    answers(
        vcpus("{}"),
        generic("Invalid parameter type for 'vcpus', expected: array"),
    );
    answers(
        vcpus(r#"[{"logical-id":0,"online":true,"foo":1}]"#),
        generic("Parameter 'vcpus[0].foo' is unexpected"),
    );
    answers(
        vcpus(r#"[{"logical-id":0,"online":1}]"#),
        generic("Invalid parameter type for 'vcpus[0].online', expected: boolean"),
    );
    answers(
        vcpus(r#"[{"logical-id":0,"online":true,"can-offline":null}]"#),
        generic("Invalid parameter type for 'vcpus[0].can-offline', expected: boolean"),
    );
    answers(
        call("guest-exec", r#"{"path":1}"#),
        generic("Invalid parameter type for 'path', expected: string"),
    );
    answers(
        call("guest-exec", r#"{"path":"x","arg":["a",null]}"#),
        generic("Invalid parameter type for 'arg[1]', expected: string"),
    );
}

#[test]
fn uint64_takes_negatives_and_nothing_else() {
    let block = |index: &str| {
        let block = format!("{{\"mem-blks\":[{{\"phys-index\":{index},\"online\":true}}]}}");
        call("guest-set-memory-blocks", &block)
    };
    for index in ["1.5", "\"1\"", "18446744073709551616", "null"] {
        answers(
            block(index),
            generic("Parameter 'mem-blks[0].phys-index' expects uint64"),
        );
    }
    answers(
        block("18446744073709551615"),
        "{\"return\": [18446744073709551615]}\n",
    );
    answers(block("-2"), "{\"return\": [18446744073709551614]}\n");
}

#[test]
fn alternates_are_chosen_by_the_type_of_the_value() {
    let seek = |whence: &str| {
        let arguments = format!("{{\"handle\":7,\"offset\":0,\"whence\":{whence}}}");
        call("guest-file-seek", &arguments)
    };
    answers(
        seek("\"foo\""),
        generic("Parameter 'whence' does not accept value 'foo'"),
    );
    answers(
        seek("true"),
        generic("Invalid parameter type for 'whence', expected: GuestFileWhence"),
    );
    answers(
        seek("1.5"),
        generic("Invalid parameter type for 'whence', expected: integer"),
    );
    answers(seek("\"set\""), generic("handle '7' has not been found"));
    answers(seek("0"), generic("handle '7' has not been found"));
}

#[test]
fn words_that_mean_nothing_are_named() {
    answers("foo ", parse("invalid keyword 'foo'"));
    answers("nulll ", parse("invalid keyword 'nulll'"));
}

#[test]
fn missing_values_separators_and_keys_are_told_apart() {
    for text in [
        r#"{"a":1,}"#,
        "{,}",
        "[1,]",
        "[,]",
        r#"{"a":}"#,
        "}",
        "]",
        ":",
        ",",
        "{]",
        "[}",
    ] {
        answers(text, parse("expecting value"));
    }
    answers(r#"{"a" 1}"#, parse("missing : in object pair"));
    answers("{1:2}", parse("key is not a string in object"));
    answers(r#"{"a":1 "b":2}"#, parse("expected separator in dict"));
    answers("[1 2]", parse("expected separator in list"));
    answers(r#"{"a":1,"a":2}"#, parse("duplicate key"));
}

#[test]
fn a_stray_byte_inside_an_object_costs_two_replies() {
    let twice = |stray: &str| parse(&format!("stray '{stray}'")) + &parse("expecting value");
    answers(r#"{"a":@}"#, twice("@"));
    answers(r#"{"a":01}"#, twice("01"));
    answers(r#"{"a":.5}"#, twice("."));
    answers("{\"a\":\"a\tb\"}", twice("\\\"a\\t"));
    answers("@", parse("stray '@'"));
    answers("GET / HTTP", parse("stray 'G'"));
    answers("/* */", parse("stray '/'"));
    answers("%", parse("stray '%'"));
    answers(r#"{"a":-}"#, parse("stray '-}'"));
    answers(r#"{"a":1.}"#, parse("stray '1.}'"));
    answers("\0", parse("stray ''"));
}

#[test]
fn zero_ends_at_an_exponent() {
    let not_an_object = generic("QMP input must be a JSON object");
    let expected = not_an_object.clone() + &parse("invalid keyword 'e'") + &not_an_object;
    answers("0e5 ", expected);
    answers("[0e5]", parse("expected separator in list"));
}

#[test]
fn the_reset_byte_is_one_error_and_leaves_nothing_behind() {
    answers(b"\xFF", parse("stray '\\uFFFD'"));
    answers(b"\xFE", parse("stray '\\uFFFD'"));
    answers(
        b"{\"execute\":\"guest-pi\xFF{\"execute\":\"guest-sync\",\"arguments\":{\"id\":7}}",
        parse("stray '\\\"guest-pi\\uFFFD'") + "{\"return\": 7}\n",
    );
    answers(
        b"\xEF\xBB\xBF{\"execute\":\"guest-ping\"}",
        parse("stray '\\uFFFD'") + "{\"return\": {}}\n",
    );
    answers(
        b"\xFF{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":7}}",
        parse("stray '\\uFFFD'") + "\u{FF}{\"return\": 7}\n",
    );
}

#[test]
fn only_success_is_delimited() {
    answers(
        call("guest-sync-delimited", "{\"id\":7}"),
        "\u{FF}{\"return\": 7}\n",
    );
    answers(
        r#"{"execute":"guest-sync-delimited"}"#,
        generic("Parameter 'id' is missing"),
    );
    answers(
        "{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":7}}{\"execute\":\"guest-ping\"}",
        "\u{FF}{\"return\": 7}\n{\"return\": {}}\n",
    );
}

#[test]
fn text_that_is_none_is_refused() {
    for escape in [
        "\\ud83d",
        "\\ude00",
        "\\uzzzz",
        "\\uFFFF",
        "\\uFDD0",
        "\\uD83F\\uDFFE",
    ] {
        let quoted = escape.replace('\\', "\\\\");
        answers(
            format!("[\"{escape}\"]"),
            parse(&format!("{quoted} is not a valid Unicode character")),
        );
    }
    answers(
        r#"["\u12"]"#,
        parse("\\\\u12\\\" is not a valid Unicode character"),
    );
    answers(r#"["\x"]"#, parse("invalid escape sequence in string"));
    answers(
        b"[\"\xED\xA0\x80\"]",
        parse("invalid UTF-8 sequence in string"),
    );
    answers(
        b"[\"\xEF\xBF\xBE\"]",
        parse("invalid UTF-8 sequence in string"),
    );
    answers(
        b"\"a\xED\xA0\x80b\x01",
        parse("stray '\\\"a\\uFFFDb\\u0001'"),
    );
}

#[test]
fn the_nul_character_survives_in_both_spellings() {
    answers(
        b"{\"execute\":\"guest-ping\",\"id\":\"\\u0000\xC0\x80\"}",
        "{\"return\": {}, \"id\": \"\\u0000\\u0000\"}\n",
    );
}

#[test]
fn numbers_are_echoed_as_c_prints_them() {
    answers(
        r#"{"execute":"guest-ping","id":[1.0,-0,-0.0,1E-7,1e22,123456789012345678901234567890]}"#,
        "{\"return\": {}, \"id\": [1, 0, -0, 9.9999999999999995e-08, 1e+22, 1.2345678901234568e+29]}\n",
    );
}

#[test]
fn blank_lines_and_unfinished_requests_are_not_answered() {
    answers("\n\n  \r\n", "");
    answers(r#"{"execute":"guest-ping""#, "");
    answers(r#"{"a":[}"#, "");
}

#[test]
fn commands_without_a_success_response_answer_failure_only() {
    answers(r#"{"execute":"guest-shutdown","id":1}"#, "");
    answers(
        r#"{"execute":"guest-shutdown"}{"execute":"guest-ping"}"#,
        "{\"return\": {}}\n",
    );
    answers(
        "{\"execute\":\"guest-shutdown\",\"id\":1,\"arguments\":{\"mode\":3}}",
        "{\"id\": 1, \"error\": {\"class\": \"GenericError\", \
         \"desc\": \"Invalid parameter type for 'mode', expected: string\"}}\n",
    );
    answers(
        call("guest-shutdown", "{\"mode\":\"x\"}"),
        generic("mode is x"),
    );
}

#[test]
fn a_panic_is_one_error_reply() {
    std::panic::set_hook(Box::new(|_| {}));
    let request = br#"{"execute":"test-panic","id":1} {"execute":"guest-ping"}"#;
    let replies = replies([&request[..]]);
    drop(std::panic::take_hook());
    assert_eq!(
        replies,
        "{\"id\": 1, \"error\": {\"class\": \"GenericError\", \
         \"desc\": \"internal error: on purpose\"}}\n{\"return\": {}}\n"
    );
}

//! The limits on one message, and what becomes of the rest of it.

mod common;

use common::replies;
use qapi_runtime::{Decoder, JsonError, MAX_MESSAGE_BYTES, MAX_NESTING, MAX_TOKENS};

const PING: &str = "{\"execute\":\"guest-ping\"}";
const PONG: &str = "{\"return\": {}}\n";
const EXPECTING_VALUE: &str =
    "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, expecting value\"}}\n";

/// The results of decoding, the values left out.
fn decoded(bytes: &[u8]) -> Vec<Result<(), JsonError>> {
    let mut decoder = Decoder::new();
    let mut input = bytes;
    std::iter::from_fn(|| Some(decoder.decode(&mut input)?.map(drop))).collect()
}

fn generic(desc: &str) -> String {
    format!("{{\"error\": {{\"class\": \"GenericError\", \"desc\": \"{desc}\"}}}}\n")
}

#[test]
fn nesting_may_reach_the_limit_and_not_pass_it() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let deepest = nested(MAX_NESTING);
    assert_eq!(
        replies([deepest.as_bytes()]),
        generic("QMP input must be a JSON object")
    );
    let deeper = nested(MAX_NESTING + 1) + PING;
    let mut expected = generic("JSON nesting depth limit exceeded");
    expected += &EXPECTING_VALUE.repeat(MAX_NESTING + 1);
    expected += PONG;
    assert!(replies([deeper.as_bytes()]) == expected);
    assert!(replies(deeper.as_bytes().chunks(1)) == expected);
}

#[test]
fn the_deepest_id_comes_back() {
    let id = "[".repeat(MAX_NESTING - 1) + &"]".repeat(MAX_NESTING - 1);
    let request = format!("{{'execute': 'guest-ping', 'id': {id}}}");
    assert!(replies([request.as_bytes()]) == format!("{{\"return\": {{}}, \"id\": {id}}}\n"));
}

#[test]
fn braces_and_brackets_count_together() {
    let mixed = "{\"a\":[".repeat(MAX_NESTING / 2);
    assert_eq!(decoded(mixed.as_bytes()), []);
    assert_eq!(decoded((mixed + "{").as_bytes()), [Err(JsonError::Nesting)]);
}

#[test]
fn tokens_may_reach_the_limit_and_not_pass_it() {
    // N elements take N values, N - 1 commas and two brackets.
    let array = |elements: usize| format!("[{}0]", "0,".repeat(elements - 1));
    let most = MAX_TOKENS / 2 - 1;
    assert_eq!(decoded(array(most).as_bytes()), [Ok(())]);
    let more = array(most + 1);
    assert_eq!(
        decoded(more.as_bytes()),
        [Err(JsonError::Count)],
        "the last bracket is the token too many"
    );
}

#[test]
fn a_message_stays_below_the_limit_of_bytes() {
    // Six bytes around the text: two brackets, two quotes, a comma, a digit.
    let message = |text: usize| format!("[{:1000}'{}' ,0]", "", "x".repeat(text));
    let most = MAX_MESSAGE_BYTES - 1 - 6;
    assert_eq!(decoded(message(most).as_bytes()), [Ok(())]);
    assert_eq!(
        decoded(message(most + 1).as_bytes()),
        [Err(JsonError::Size)],
        "the last bracket is the byte too many"
    );
}

#[test]
fn a_token_over_the_limit_is_one_error() {
    for over in 0..2 {
        let string = format!("'{}' {{}}", "x".repeat(MAX_MESSAGE_BYTES - 2 + over));
        assert_eq!(decoded(string.as_bytes()), [Err(JsonError::Size), Ok(())]);
    }
}

#[test]
fn a_token_that_is_too_long_is_dropped_and_the_rest_read_afresh() {
    let mut input = vec![b'x'; MAX_MESSAGE_BYTES + 3];
    input[0] = b'"';
    input.extend_from_slice(b"@{}");
    assert_eq!(
        decoded(&input),
        [
            Err(JsonError::Size),
            // The quote and 64 MiB less a byte fit, one is too many, two are left.
            Err(JsonError::Keyword("xx".to_owned())),
            Err(JsonError::Stray("@".to_owned())),
            Ok(())
        ]
    );
}

#[test]
fn large_replies_and_requests_pass() {
    let text = "x".repeat(8 << 20);
    let request = format!("{{'execute':'test-echo','arguments':{{'text':'{text}'}}}}");
    let reply = replies(request.as_bytes().chunks(4096));
    assert!(reply == format!("{{\"return\": \"{text}\"}}\n"));
}

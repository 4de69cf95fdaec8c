//! Opening, writing, reading and closing a file, and the counter of handles.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::conversation::{Conversation, survives};
use crate::stage::{Stage, Talk};

const OLD: &[u8] = b"what was there before";

/// What is written: more than the agent decodes at a time.
fn new() -> Vec<u8> {
    (0..=250).cycle().take(100_000).collect()
}

struct Files;

#[derive(Debug, Default)]
struct Memory {
    handle: Option<i64>,
    /// How many bytes the agent says it has written.
    written: Option<usize>,
    read: Vec<u8>,
    is_closed: bool,
}

impl Conversation for Files {
    type Memory = Memory;

    fn stage(&self) -> Stage {
        let stage = Stage::new();
        std::fs::write(stage.path("home/file"), OLD).expect("a file of ours");
        stage
    }

    fn run(&self, stage: &Stage, talk: &mut Talk) -> Memory {
        let mut memory = Memory::default();
        let open = json!({"path": stage.path("home/file"), "mode": "w+"});
        memory.handle = talk
            .returned("guest-file-open", open)
            .and_then(|handle| handle.as_i64());
        let Some(handle) = memory.handle else {
            return memory;
        };
        let write = json!({"handle": handle, "buf-b64": STANDARD.encode(new())});
        let written = talk.returned("guest-file-write", write);
        memory.written = written.and_then(|written| written["count"].as_u64()?.try_into().ok());
        talk.call("guest-file-flush", json!({"handle": handle}));
        talk.call(
            "guest-file-seek",
            json!({"handle": handle, "offset": 0, "whence": 0}),
        );
        for _ in 0..3 {
            let read = talk.returned(
                "guest-file-read",
                json!({"handle": handle, "count": 65_536}),
            );
            if let Some(read) = read {
                let text = read["buf-b64"].as_str().expect("text");
                memory.read.extend(STANDARD.decode(text).expect("base64"));
            }
        }
        memory.is_closed = talk
            .returned("guest-file-close", json!({"handle": handle}))
            .is_some();
        memory
    }

    fn check(&self, stage: &Stage, memory: &Memory) {
        let content = stage.read("home/file").expect("the file stays");
        match (memory.handle, memory.written) {
            (_, Some(count)) => assert_eq!(content, new()[..count], "what is said to be written"),
            (Some(_), None) => assert!(new().starts_with(&content), "a beginning of it"),
            (None, None) => assert!(content.is_empty() || content == OLD, "all or nothing"),
        }
        let state = stage.read("state/qga.state").expect("the state stays");
        let state = String::from_utf8(state).expect("text");
        let number = state
            .strip_prefix("[global]\nfd_counter=")
            .and_then(|rest| rest.strip_suffix('\n'));
        let counter: i64 = number
            .and_then(|number| number.parse().ok())
            .expect("a counter");
        assert!(
            memory.handle.is_none_or(|handle| handle < counter),
            "{counter} is given out"
        );
        assert!((1000..=1002).contains(&counter), "{counter}");
    }

    fn check_again(&self, stage: &Stage, before: &Memory, memory: &Memory) {
        let handle = memory.handle.expect("a handle");
        assert!(
            before.handle.is_none_or(|before| before < handle),
            "{handle} twice"
        );
        assert_eq!(memory.written, Some(new().len()));
        assert_eq!(memory.read, new());
        assert!(memory.is_closed);
        assert_eq!(
            stage.names("state"),
            ["qga.state"],
            "nothing is left behind"
        );
    }
}

#[test]
fn a_file_is_written_and_read_whatever_the_kernel_does() {
    survives("files", &Files);
}

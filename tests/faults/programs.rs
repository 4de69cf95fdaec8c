//! Running a program with input and output.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::conversation::{Conversation, survives};
use crate::stage::{Stage, Talk};

const PATIENCE: Duration = Duration::from_secs(20);
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(20);

struct Programs;

#[derive(Debug, Default)]
struct Memory {
    is_started: bool,
    status: Option<Value>,
}

impl Conversation for Programs {
    type Memory = Memory;

    fn stage(&self) -> Stage {
        Stage::new()
    }

    fn run(&self, _: &Stage, talk: &mut Talk) -> Memory {
        let script = "cat && echo ok >&2";
        let exec = json!({
            "path": "/bin/sh",
            "arg": ["-c", script],
            "input-data": "aGVsbG8=",
            "capture-output": true,
        });
        let Some(started) = talk.returned("guest-exec", exec) else {
            return Memory::default();
        };
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            // Not so often that the conversation is mostly about this.
            thread::sleep(BETWEEN_QUESTIONS);
            let status = talk.call("guest-exec-status", json!({"pid": started["pid"]}));
            match status {
                Some(status) if status["return"]["exited"] == false => {}
                Some(status) => {
                    return Memory {
                        is_started: true,
                        status: Some(status),
                    };
                }
                None if talk.lost > 1 => {
                    return Memory {
                        is_started: true,
                        status: None,
                    };
                }
                None => {}
            }
        }
        panic!("a program that has ended is not told to have");
    }

    fn check(&self, _: &Stage, memory: &Memory) {
        let Some(status) = &memory.status else {
            return;
        };
        let status = &status["return"];
        // It may have ended badly, but it never says what it has not said.
        for (name, text) in [("out-data", "aGVsbG8="), ("err-data", "b2sK")] {
            let told = &status[name];
            assert!(
                told.is_null()
                    || told == text
                    || status["exitcode"] != 0
                    || status[format!("{}-truncated", &name[..3])] == true,
                "{status}"
            );
        }
    }

    fn check_again(&self, _: &Stage, _: &Memory, memory: &Memory) {
        assert!(memory.is_started);
        let status = memory.status.as_ref().expect("a status");
        assert_eq!(status["return"]["out-data"], "aGVsbG8=", "{status}");
        assert_eq!(status["return"]["err-data"], "b2sK", "{status}");
    }
}

#[test]
fn programs_are_run_or_refused_whatever_the_kernel_does() {
    survives("programs", &Programs);
}

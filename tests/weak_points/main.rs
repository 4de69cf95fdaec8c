//! Where QEMU's agent is weak, and what ours does instead.
//!
//! Its 34 weak points have numbers here, and the tests begin with them: `cargo test -p qapi-tests defect_07`. Some are
//! kept, where hosts have come to rely on them or nothing else is possible; then the table says why.
//!
//! | | the C agent | ours |
//! | --- | --- | --- |
//! | 1 | Capturing one stream alone closes its own descriptor 0. | [`exec`] |
//! | 2 | A file that cannot be closed is closed twice, and the agent dies. | [`files`] |
//! | 3 | A host that does not read keeps it busy at full speed. | [`channel`] |
//! | 4 | A client that leaves replies unread ends it. | [`channel`] |
//! | 5 | It dies where files of the system cannot be opened. | [`system`] |
//! | 6 | Without IPv6 there are no routes of IPv4 either. | [`system`] |
//! | 7 | Root follows the links in a user's `.ssh`. | [`keys`] |
//! | 8 | Keys that cannot be read are replaced. | [`keys`] |
//! | 9 | What was read from a pipe is lost when no more is there. | [`files`] |
//! | 10 | One thread does everything, and waits for what programs leave behind. | [`channel`] |
//! | 11 | 900 kB of small objects need 1.3 GB. | [`memory`] |
//! | 12 | Large files are in memory several times, and stay there. | [`memory`] |
//! | 13 | A wrong byte gets 82 bytes of error. | Kept, since each piece of nonsense has its reply (W15); but replies are never heaped up: [`memory`]. |
//! | 14 | One hidden file system keeps all from being frozen. | [`freeze`] |
//! | 15 | Hooks do not hear of the end if nothing was frozen. | [`freeze`] |
//! | 16 | File systems that others have frozen are thawed, too. | Kept: the host asks for a machine that can write, and an agent that was killed cannot tell its successor what it had frozen. |
//! | 17 | Told to end while file systems are frozen, it goes on. | [`freeze`] |
//! | 18 | Its script for hooks needs a shell that it does not ask for, and passes failures over. | `defect_18` in `tests/e2e/distribution.rs` |
//! | 19 | A second daemon removes the file with the number of the first. | `a_second_daemon_takes_nothing_from_the_first` in `qga-server/tests/program` |
//! | 20 | A file at the path of the socket is deleted; anybody may connect. | `a_file_in_the_way_is_left_alone` and `only_the_owner_may_connect` in `qga-server/src/channel/unix.rs` |
//! | 21 | Handles and results of programs grow without limit, and then disks are hidden. | [`files`], [`exec`] |
//! | 22 | Each opened file costs two synchronisations of the disk; the counter overflows. | Kept, for a number that is given out twice would lead a host to the wrong file after a crash; and for the same reason an agent that cannot read its counter does not start. It does not overflow: [`files`]. |
//! | 23 | Suspending fails without a word; truncated output is not called so. | [`system`], [`exec`] |
//! | 24 | The log has passwords and files in it. | [`text`] |
//! | 25 | Quotes in os-release are misread, and one odd line hides all. | [`text`] |
//! | 26 | Long host names and user names are misread; the time zone stays that of the start. | [`system`] |
//! | 27 | NVMe disks with several paths are unknown. | [`system`] |
//! | 28 | Numbers are misread or made up. | [`system`] |
//! | 29 | Pipes of programs leak into helpers. | [`exec`] |
//! | 30 | Its handler of signals does what such a handler must not do. | There is none: signals are read like bytes, `qga-server/src/sys/stop.rs`. |
//! | 31 | It is root, with all rights, and its lists hold names only. | Kept: resetting passwords and freezing need that. But a user's keys are handled with the rights of the user: [`keys`]. Lists may name commands of other versions, as configurations are older and newer than agents. |
//! | 32 | `PID ld does not exist`; failed reads are logged as writes. | The reply is kept, for that is how hosts know it; the log tells the truth: [`text`]. |
//! | 33 | It needs many libraries, whose versions change what it says. | [`program`] |
//! | 34 | A client completes the half request of its predecessor. | [`channel`] |

mod channel;
mod exec;
mod files;
mod freeze;
mod keys;
mod machine;
mod memory;
mod process;
mod program;
mod system;
mod text;

use std::path::PathBuf;

use qapi_tests::{Agent, need};
use serde_json::Value;

const PING: &str = r#"{"execute":"guest-ping"}"#;

fn program() -> PathBuf {
    need::our_agent(env!("CARGO_BIN_EXE_agent-under-test"))
}

fn agent() -> Agent {
    Agent::start(program())
}

/// What an error says.
fn desc(reply: &Value) -> &str {
    let desc = reply["error"]["desc"].as_str();
    desc.unwrap_or_else(|| panic!("no error: {reply}"))
}

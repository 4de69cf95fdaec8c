//! Every difference between the C agent and ours, each with its reason.
//!
//! A difference that does not stand here fails the tests, and so does an entry that no reply needs any more.

/// A place in replies whose values differ.
pub(crate) struct Values {
    /// The conversation.
    pub(crate) place: &'static str,
    /// The command that gives them.
    pub(crate) command: &'static str,
    /// Where they stand in the reply; `*` is every element or member, and in a list a name stands for the elements whose
    /// `name` ends so, numbers aside if it does not end with one.
    pub(crate) at: &'static str,
    /// What they have in common.
    pub(crate) compared: Compared,
    /// Why they differ.
    pub(crate) reason: &'static str,
}

/// What two different values have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    /// They differ by nature: both are there, and of one JSON kind.
    Kind,
    /// They are integers, and ours is the low 32 bits of theirs.
    Low32,
    /// They are elements of a list and may be in one alone.
    Passing,
    /// C agents of versions with this prefix do not give them, which any has if it is empty.
    OnlyOurs { version: &'static str },
}

/// A request that gets another answer from us.
pub(crate) struct Answer {
    /// The conversation.
    pub(crate) place: &'static str,
    /// The request as it stands there.
    pub(crate) request: &'static str,
    /// What the C agent says, without the last line feed.
    pub(crate) theirs: &'static str,
    /// What we say, without the last line feed.
    pub(crate) ours: &'static str,
    /// Why we say it.
    pub(crate) reason: &'static str,
}

/// The file of state that each agent keeps for itself. The C agent leaves it to the umask who may read it; ours is for
/// its owner only, for others need not know how many files the host has opened.
pub(crate) const OWN_FILE: &str = "state/qga.state";
/// Kind and mode of ours.
pub(crate) const OWN_MODE: &str = "100600 ";

const SIGN: &str =
    "the kernel's 32 bits have no sign; the C agent extends those of IPv6 as if they had one";

const NVME: &str = "a disk of several paths has the address of the first: the C agent knows none for what the kernel makes of NVMe \
     disks by default";
const TARGET: &str = "a controller for SCSI disks has several targets; the C agent leaves out which, so that two disks would be one to \
     the host";

pub(crate) const VALUES: &[Values] = &[
    Values {
        place: "information",
        command: "guest-info",
        at: "/return/version",
        compared: Compared::Kind,
        reason: "each agent tells its own version",
    },
    Values {
        place: "information",
        command: "guest-get-time",
        at: "/return",
        compared: Compared::Kind,
        reason: "time passes between the two requests",
    },
    Values {
        place: "information",
        command: "guest-network-get-interfaces",
        at: "/return/*/statistics/*",
        compared: Compared::Kind,
        reason: "packets arrive between the two requests",
    },
    Values {
        place: "machine",
        command: "guest-get-load",
        at: "/return/*",
        compared: Compared::Kind,
        reason: "time passes between the two requests",
    },
    Values {
        place: "machine",
        command: "guest-get-cpustats",
        at: "/return/*/*",
        compared: Compared::Kind,
        reason: "time passes between the two requests",
    },
    Values {
        place: "machine",
        command: "guest-network-get-route",
        at: "/return/*/flags",
        compared: Compared::Low32,
        reason: SIGN,
    },
    Values {
        place: "machine",
        command: "guest-network-get-route",
        at: "/return/*/metric",
        compared: Compared::Low32,
        reason: SIGN,
    },
    Values {
        place: "machine",
        command: "guest-network-get-route",
        at: "/return/*/refcnt",
        compared: Compared::Kind,
        reason: "routes are used between the two requests",
    },
    Values {
        place: "machine",
        command: "guest-network-get-route",
        at: "/return/*/use",
        compared: Compared::Kind,
        reason: "routes are used between the two requests",
    },
    Values {
        place: "filesystems",
        command: "guest-get-fsinfo",
        at: "/return/*/used-bytes",
        compared: Compared::Kind,
        reason: "files grow between the two requests",
    },
    Values {
        place: "filesystems",
        command: "guest-get-fsinfo",
        at: "/return/*/total-bytes",
        compared: Compared::Kind,
        reason: "it adds up what is used and what is left for everybody, which are not read at one moment",
    },
    Values {
        place: "filesystems",
        command: "guest-get-disks",
        at: "/return/loop",
        compared: Compared::Passing,
        reason: "other tests make loop devices at the same time",
    },
    Values {
        place: "filesystems",
        command: "guest-get-diskstats",
        at: "/return/loop",
        compared: Compared::Passing,
        reason: "other tests make loop devices at the same time",
    },
    Values {
        place: "filesystems",
        command: "guest-get-diskstats",
        at: "/return/*/stats/*",
        compared: Compared::Kind,
        reason: "disks are busy between the two requests",
    },
    Values {
        place: "freezing",
        command: "guest-fstrim",
        at: "/return/paths/*/trimmed",
        compared: Compared::Kind,
        reason: "how much is free at a moment is up to the file system",
    },
    Values {
        place: "freezing",
        command: "guest-get-fsinfo",
        at: "/return/*/name",
        compared: Compared::Kind,
        reason: "each agent has loop devices of its own",
    },
    Values {
        place: "freezing",
        command: "guest-get-fsinfo",
        at: "/return/*/used-bytes",
        compared: Compared::Kind,
        reason: "btrfs does not take the same room each time",
    },
    Values {
        place: "mounts",
        command: "guest-exec",
        at: "/return/pid",
        compared: Compared::Kind,
        reason: "two processes have two numbers",
    },
    Values {
        place: "mounts",
        command: "guest-fstrim",
        at: "/return/paths/*/trimmed",
        compared: Compared::Kind,
        reason: "how much is free at a moment is up to the file system",
    },
    Values {
        place: "mounts",
        command: "guest-get-fsinfo",
        at: "/return/*/name",
        compared: Compared::Kind,
        reason: "each agent has loop devices of its own",
    },
    Values {
        place: "mounts",
        command: "guest-get-fsinfo",
        at: "/return/*/used-bytes",
        compared: Compared::Kind,
        reason: "btrfs does not take the same room each time",
    },
    Values {
        place: "mounts",
        command: "guest-exec-status",
        at: "/return/out-truncated",
        compared: Compared::OnlyOurs { version: "10.0" },
        reason: "QEMU 10.2 tells it whenever it tells the output, and so do we",
    },
    Values {
        place: "base64",
        command: "guest-exec",
        at: "/return/pid",
        compared: Compared::Kind,
        reason: "two processes have two numbers",
    },
    Values {
        place: "base64",
        command: "guest-exec-status",
        at: "/return/out-truncated",
        compared: Compared::OnlyOurs { version: "10.0" },
        reason: "QEMU 10.2 tells it whenever it tells the output, and so do we",
    },
    Values {
        place: "exec",
        command: "guest-exec",
        at: "/return/pid",
        compared: Compared::Kind,
        reason: "two processes have two numbers",
    },
    Values {
        place: "exec",
        command: "guest-exec-status",
        at: "/return/out-truncated",
        compared: Compared::OnlyOurs { version: "10.0" },
        reason: "QEMU 10.2 tells it whenever it tells the output, and so do we",
    },
    Values {
        place: "exec",
        command: "guest-exec-status",
        at: "/return/err-truncated",
        compared: Compared::OnlyOurs { version: "10.0" },
        reason: "QEMU 10.2 tells it whenever it tells the output, and so do we",
    },
    Values {
        place: "network",
        command: "guest-network-get-route",
        at: "/return/*/flags",
        compared: Compared::Low32,
        reason: SIGN,
    },
    Values {
        place: "network",
        command: "guest-network-get-route",
        at: "/return/*/refcnt",
        compared: Compared::Kind,
        reason: "routes are used between the two requests",
    },
    Values {
        place: "network",
        command: "guest-network-get-route",
        at: "/return/*/use",
        compared: Compared::Kind,
        reason: "routes are used between the two requests",
    },
    Values {
        place: "network",
        command: "guest-network-get-route",
        at: "/return/*/metric",
        compared: Compared::Low32,
        reason: SIGN,
    },
    Values {
        place: "many-disks",
        command: "guest-get-disks",
        at: "/return/nvme1n1/address/bus-type",
        compared: Compared::Kind,
        reason: NVME,
    },
    Values {
        place: "many-disks",
        command: "guest-get-disks",
        at: "/return/nvme1n1/address/pci-controller/*",
        compared: Compared::Kind,
        reason: NVME,
    },
    Values {
        place: "many-disks",
        command: "guest-get-disks",
        at: "/return/sdc/address/target",
        compared: Compared::Kind,
        reason: TARGET,
    },
    Values {
        place: "many-disks",
        command: "guest-get-fsinfo",
        at: "/return/dm-1/disk/*/target",
        compared: Compared::Kind,
        reason: TARGET,
    },
    Values {
        place: "network",
        command: "guest-network-get-interfaces",
        at: "/return/*/statistics/*",
        compared: Compared::Kind,
        reason: "packets arrive between the two requests",
    },
    Values {
        place: "aarch64",
        command: "guest-get-disks",
        at: "/return/vdb/address/pci-controller/*",
        compared: Compared::Kind,
        reason: "a bus of PCI need not be at the top of the tree; the C agent looks for it there only",
    },
    Values {
        place: "virtual machine",
        command: "guest-get-disks",
        at: "/return/sda/address/target",
        compared: Compared::Kind,
        reason: TARGET,
    },
    Values {
        place: "virtual machine",
        command: "guest-get-fsinfo",
        at: "/return/sda/disk/*/target",
        compared: Compared::Kind,
        reason: TARGET,
    },
    Values {
        place: "virtual machine",
        command: "guest-get-diskstats",
        at: "/return/*/stats/*",
        compared: Compared::Kind,
        reason: "disks are busy between the two requests",
    },
    Values {
        place: "virtual machine",
        command: "guest-fstrim",
        at: "/return/paths/*/trimmed",
        compared: Compared::Kind,
        reason: "what the first has trimmed is nothing to the second",
    },
    Values {
        place: "no sys",
        command: "guest-get-fsinfo",
        at: "/return/*/used-bytes",
        compared: Compared::Kind,
        reason: "files grow between the two requests",
    },
    Values {
        place: "no sys",
        command: "guest-get-fsinfo",
        at: "/return/*/total-bytes",
        compared: Compared::Kind,
        reason: "it adds up what is used and what is left for everybody, which are not read at one moment",
    },
    Values {
        place: "no proc",
        command: "guest-network-get-interfaces",
        at: "/return/0/statistics",
        compared: Compared::OnlyOurs { version: "" },
        reason: "it reads counters in /proc/net/dev, and we where addresses come from, which takes less than half the time",
    },
    Values {
        place: "no proc",
        command: "guest-get-load",
        at: "/return/*",
        compared: Compared::Kind,
        reason: "time passes between the two requests",
    },
];

const NO_BASE64: &str =
    r#"{"error": {"class": "GenericError", "desc": "Base64 data contains invalid characters"}}"#;
const MISPLACED: &str = "an equals sign in the middle is a mistake of the sender, and the bytes that it gives are garbage";

const NO_SPACE_AT_WRITE: &str = r#"{"error": {"class": "GenericError", "desc": "failed to write to file: No space left on device"}}"#;
const NO_SPACE_AT_FLUSH: &str = r#"{"error": {"class": "GenericError", "desc": "failed to flush file: No space left on device"}}"#;
const UNBUFFERED: &str =
    "we write at once, so that the request that does not fit is the one that fails";

const HASH_TABLE: &str =
    "of several mistakes the C agent names the one its hash table comes to first";

pub(crate) const ANSWERS: &[Answer] = &[
    Answer {
        place: "requests",
        request: r#"{"execute":"guest-ping","handle":1,"count":2}"#,
        theirs: r#"{"error": {"class": "GenericError", "desc": "QMP input member 'handle' is unexpected"}}"#,
        ours: r#"{"error": {"class": "GenericError", "desc": "QMP input member 'count' is unexpected"}}"#,
        reason: HASH_TABLE,
    },
    Answer {
        place: "requests",
        request: r#"{"wrong":"guest-ping","arguments":[]}"#,
        theirs: r#"{"error": {"class": "GenericError", "desc": "QMP input member 'wrong' is unexpected"}}"#,
        ours: r#"{"error": {"class": "GenericError", "desc": "QMP input member 'arguments' must be an object"}}"#,
        reason: HASH_TABLE,
    },
    Answer {
        place: "requests",
        request: r#"{"execute":"guest-ping","id":1e400}"#,
        theirs: r#"{"return": {}, "id": inf}"#,
        ours: r#"{"return": {}, "id": 1.7976931348623157e+308}"#,
        reason: "a reply is JSON, which has no infinity",
    },
    Answer {
        place: "base64",
        request: r#"{"execute":"guest-file-write","arguments":{"handle":1001,"buf-b64":"===="}}"#,
        theirs: r#"{"return": {"count": 1, "eof": false}}"#,
        ours: NO_BASE64,
        reason: MISPLACED,
    },
    Answer {
        place: "base64",
        request: r#"{"execute":"guest-file-write","arguments":{"handle":1001,"buf-b64":"Y=Jj"}}"#,
        theirs: r#"{"return": {"count": 3, "eof": false}}"#,
        ours: NO_BASE64,
        reason: MISPLACED,
    },
    Answer {
        place: "base64",
        request: r#"{"execute":"guest-file-write","arguments":{"handle":1001,"buf-b64":"YQ=j"}}"#,
        theirs: r#"{"return": {"count": 2, "eof": false}}"#,
        ours: NO_BASE64,
        reason: MISPLACED,
    },
    Answer {
        place: "base64",
        request: r#"{"execute":"guest-file-write","arguments":{"handle":1001,"buf-b64":"=QQQ"}}"#,
        theirs: r#"{"return": {"count": 3, "eof": false}}"#,
        ours: NO_BASE64,
        reason: MISPLACED,
    },
    Answer {
        place: "base64",
        request: r#"{"execute":"guest-file-write","arguments":{"handle":1001,"buf-b64":"A==="}}"#,
        theirs: r#"{"return": {"count": 1, "eof": false}}"#,
        ours: NO_BASE64,
        reason: MISPLACED,
    },
    Answer {
        place: "special-files",
        request: r#"{"execute":"guest-file-write","arguments":{"handle":1003,"buf-b64":"eA=="}}"#,
        theirs: r#"{"return": {"count": 1, "eof": false}}"#,
        ours: NO_SPACE_AT_WRITE,
        reason: UNBUFFERED,
    },
    Answer {
        place: "special-files",
        request: r#"{"execute":"guest-file-flush","arguments":{"handle":1003}}"#,
        theirs: NO_SPACE_AT_FLUSH,
        ours: r#"{"return": {}}"#,
        reason: UNBUFFERED,
    },
    Answer {
        place: "ssh-keys",
        request: r#"{"execute":"guest-ssh-get-authorized-keys","arguments":{"username":"no-such-user"}}"#,
        theirs: r#"{"error": {"class": "GenericError", "desc": "failed to lookup user 'no-such-user': Success"}}"#,
        ours: r#"{"error": {"class": "GenericError", "desc": "failed to lookup user 'no-such-user': no such user"}}"#,
        reason: "it is no success",
    },
    Answer {
        place: "os-release",
        request: "NAME='single quoted'\nVARIANT=''\n",
        theirs: r#"{"name":"'single","variant":"''"}"#,
        ours: r#"{"name":"single quoted","variant":""}"#,
        reason: "single quotes are quotes in os-release files",
    },
    Answer {
        place: "os-release",
        request: "ID=kept\n[other]\nNAME=lost\n",
        theirs: r#"{"id":"kept"}"#,
        ours: r#"{"id":"kept","name":"lost"}"#,
        reason: "os-release files have no groups: a line that is no assignment is passed over",
    },
    Answer {
        place: "state",
        request: "[global]\nfd_counter=2147483646\n",
        theirs: concat!(
            "{\"return\": 2147483646}\n{\"return\": 2147483647}\n{\"return\": 2147483648}\n",
            r"[global]\nfd_counter=-2147483647\n",
        ),
        ours: concat!(
            "{\"return\": 2147483646}\n",
            "{\"error\": {\"class\": \"GenericError\", \"desc\": \"failed to commit persistent state to disk\"}}\n",
            "{\"error\": {\"class\": \"GenericError\", \"desc\": \"failed to commit persistent state to disk\"}}\n",
            r"[global]\nfd_counter=2147483647\n",
        ),
        reason: "a stored counter that wraps around would give old numbers to new handles",
    },
    Answer {
        place: "two clients",
        request: r#"{"execute": | "guest-ping"}"#,
        theirs: r#"{"return": {}}"#,
        ours: concat!(
            "{\"error\": {\"class\": \"GenericError\", \"desc\": \"QMP input must be a JSON object\"}}\n",
            "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, expecting value\"}}",
        ),
        reason: "what a client that is gone left unfinished is nothing to its successor",
    },
    Answer {
        place: "no proc",
        request: r#"{"execute":"guest-get-fsinfo"}"#,
        theirs: r#"{"error": {"class": "GenericError", "desc": "failed to open mtab file: '/proc/self/mounts'"}}"#,
        ours: r#"{"error": {"class": "GenericError", "desc": "failed to open mtab file: '/proc/self/mounts': No such file or directory"}}"#,
        reason: "it says why, too",
    },
];

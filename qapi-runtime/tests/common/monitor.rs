//! A monitor that says what the test wants it to say.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::io::{BufRead, BufReader, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};

use qapi_runtime::Value;
use qapi_runtime::client::MAX_FDS;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use serde_json::json;

/// The far end of a connection.
pub(crate) struct Monitor {
    stream: BufReader<UnixStream>,
}

impl Monitor {
    pub(crate) fn new(stream: UnixStream) -> Self {
        let stream = BufReader::new(stream);
        Self { stream }
    }

    /// Runs `script` at the other end of the returned stream, behind the negotiation.
    pub(crate) fn run<T: Send + 'static>(
        script: impl FnOnce(&mut Self) -> T + Send + 'static,
    ) -> (UnixStream, JoinHandle<T>) {
        Self::run_from_start(|monitor| {
            monitor.negotiate();
            script(monitor)
        })
    }

    /// Runs `script` at the other end of the returned stream.
    pub(crate) fn run_from_start<T: Send + 'static>(
        script: impl FnOnce(&mut Self) -> T + Send + 'static,
    ) -> (UnixStream, JoinHandle<T>) {
        let (near, far) = UnixStream::pair().expect("a pair of sockets");
        let script = thread::spawn(move || script(&mut Self::new(far)));
        (near, script)
    }

    /// Greets as a monitor with out-of-band commands does, and agrees to everything.
    pub(crate) fn negotiate(&mut self) {
        self.say(json!({"QMP": {
            "version": {"qemu": {"micro": 2, "minor": 0, "major": 10}, "package": "test"},
            "capabilities": ["oob"],
        }}));
        let request = self.hear();
        assert_eq!(request["execute"], "qmp_capabilities");
        self.answer(&request, json!({}));
    }

    /// The next request.
    pub(crate) fn hear(&mut self) -> Value {
        self.try_hear().expect("there is another request")
    }

    /// The next request, if the client is still there.
    pub(crate) fn try_hear(&mut self) -> Option<Value> {
        let mut line = String::new();
        let length = self.stream.read_line(&mut line).expect("a line");
        (length > 0).then(|| serde_json::from_str(&line).expect("requests are JSON"))
    }

    /// Waits for the beginning of a request.
    pub(crate) fn hear_byte(&mut self) {
        let mut byte = [0];
        self.stream.read_exact(&mut byte).expect("a byte");
    }

    pub(crate) fn say(&mut self, message: Value) {
        self.say_bytes(format!("{message}\r\n").as_bytes());
    }

    pub(crate) fn say_bytes(&mut self, bytes: &[u8]) {
        self.stream
            .get_mut()
            .write_all(bytes)
            .expect("somebody listens");
    }

    pub(crate) fn answer(&mut self, request: &Value, returned: Value) {
        self.say(json!({"return": returned, "id": request["id"]}));
    }

    pub(crate) fn refuse(&mut self, request: &Value, class: &str, desc: &str) {
        let error = json!({"class": class, "desc": desc});
        self.say(json!({"id": request["id"], "error": error}));
    }

    /// An event, `number` of which is its data.
    pub(crate) fn event(&mut self, name: &str, number: usize) {
        self.say(json!({
            "timestamp": {"seconds": 1, "microseconds": 2},
            "event": name,
            "data": {"number": number},
        }));
    }
}

/// A request together with the file descriptors that came with it.
pub(crate) fn receive_fds(stream: &UnixStream) -> (Value, Vec<OwnedFd>) {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FDS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut bytes = [0; 1000];
    let mut parts = [IoSliceMut::new(&mut bytes)];
    let received = recvmsg(stream, &mut parts, &mut control, RecvFlags::empty()).unwrap();
    let mut fds = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            fds.extend(rights);
        }
    }
    let request = serde_json::from_slice(&bytes[..received.bytes]).unwrap();
    (request, fds)
}

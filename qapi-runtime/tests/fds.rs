//! File descriptors that a client passes.

#[path = "common/monitor.rs"]
mod monitor;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::thread;

use monitor::Monitor;
use qapi_runtime::client::{MAX_FDS, Options, Qmp};
use qapi_runtime::{ClientError, Empty};
use serde_json::json;

fn file(text: &str) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file.rewind().unwrap();
    file
}

#[test]
fn file_descriptors_arrive_with_their_command() {
    let (near, far) = UnixStream::pair().unwrap();
    let script = thread::spawn(move || {
        let mut monitor = Monitor::new(far.try_clone().unwrap());
        monitor.negotiate();
        let mut texts = Vec::new();
        for _ in 0..2 {
            let (request, fds) = monitor::receive_fds(&far);
            assert_eq!(request["arguments"], json!({"fdname": "x"}));
            for fd in fds {
                let mut text = String::new();
                File::from(fd).read_to_string(&mut text).unwrap();
                texts.push(text);
            }
            monitor.answer(&request, json!({}));
        }
        texts
    });
    let qmp = Qmp::new(near, &Options::new()).unwrap();
    let arguments = json!({"fdname": "x"});
    let (one, two) = (file("one"), file("two"));
    for fds in [&[one.as_fd()][..], &[two.as_fd(), one.as_fd()]] {
        let Empty {} = qmp.execute_with_fds("getfd", &arguments, fds).unwrap();
    }
    // Both ends share the position in the file, so the second time there is nothing left.
    assert_eq!(script.join().unwrap(), ["one", "two", ""]);
}

#[test]
fn too_many_file_descriptors_are_refused() {
    let (near, script) = Monitor::run(|monitor| monitor.try_hear());
    let qmp = Qmp::new(near, &Options::new()).unwrap();
    let file = file("");
    let fds = vec![file.as_fd(); MAX_FDS + 1];
    let refused = qmp.execute_with_fds::<_, Empty>("getfd", &Empty {}, &fds);
    assert!(matches!(refused, Err(ClientError::Io(_))), "{refused:?}");
    // Nothing was sent, so nothing is lost.
    qmp.greeting().unwrap();
    drop(qmp);
    assert_eq!(script.join().unwrap(), None);
}

#[test]
fn a_network_passes_no_file_descriptors() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut far, _) = listener.accept().unwrap();
    let script = thread::spawn(move || {
        far.write_all(b"{\"QMP\": {}}\n").unwrap();
        let mut far = BufReader::new(far);
        let mut requests = String::new();
        far.read_line(&mut requests).unwrap();
        far.get_mut()
            .write_all(b"{\"return\": {}, \"id\": 1}\n")
            .unwrap();
        far.read_to_string(&mut requests).unwrap();
        requests
    });
    let qmp = Qmp::new(near, &Options::new()).unwrap();
    let file = file("");
    let refused = qmp.execute_with_fds::<_, Empty>("getfd", &Empty {}, &[file.as_fd()]);
    assert!(matches!(refused, Err(ClientError::Io(_))), "{refused:?}");
    drop(qmp);
    let sent = script.join().unwrap();
    assert!(!sent.contains("getfd"), "{sent}");
}

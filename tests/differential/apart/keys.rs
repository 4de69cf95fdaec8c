//! Keys of users who are there on these machines only.

use serde_json::{Value, json};

use super::compare_requests;

/// Users with and without a home, keys and the right to them.
const HOUSES: &str = r"
    mount -t tmpfs homes /mnt
    cd /mnt
    cat >passwd <<'END'
root:x:0:0:root:/mnt/root:/bin/sh
fresh:x:4321:4322::/mnt/fresh:/bin/sh
tidy:x:4323:4323::/mnt/tidy:/bin/sh
messy:x:4324:4324:,,,:/mnt/messy:/bin/sh
homeless:x:4325:4325::/mnt/nowhere:/bin/sh
END
    for user in root fresh tidy messy; do mkdir $user; done
    chown 4321:4322 fresh
    mkdir -m 700 tidy/.ssh
    printf 'ssh-rsa AAAA first\nssh-rsa BBBB second\n' >tidy/.ssh/authorized_keys
    chmod 600 tidy/.ssh/authorized_keys
    chown -R 4323:4323 tidy
    mkdir -m 755 messy/.ssh
    printf '# comment\n\n  ssh-rsa AAAA indented  \nssh-rsa BBBB\r\nssh-rsa BBBB\nssh-rsa BBBB\n \nno line feed' >messy/.ssh/authorized_keys
    chmod 644 messy/.ssh/authorized_keys
    chown -R 4324:4324 messy
    mount --bind passwd /etc/passwd
    cd /";

fn request(command: &str, arguments: Value) -> String {
    let command = format!("guest-ssh-{command}-authorized-keys");
    json!({"execute": command, "arguments": arguments}).to_string()
}

#[test]
fn keys_are_read_and_written_alike() {
    let mut requests = Vec::new();
    for user in ["fresh", "tidy", "messy", "homeless", "root"] {
        let mut ask = |command: &str, more: Value| {
            let mut arguments = json!({"username": user});
            let members = arguments.as_object_mut().expect("an object");
            members.extend(more.as_object().expect("an object").clone());
            requests.push(request(command, arguments));
            requests.push(request("get", json!({"username": user})));
        };
        ask("remove", json!({"keys": ["ssh-rsa CCCC absent"]}));
        ask(
            "add",
            json!({"keys": ["ssh-rsa AAAA first", "ssh-rsa CCCC \u{e4}", "ssh-rsa CCCC \u{e4}"]}),
        );
        ask("add", json!({"keys": []}));
        ask("remove", json!({"keys": ["ssh-rsa BBBB", "# comment"]}));
        ask("remove", json!({"keys": ["ssh-rsa BBBB", "no line feed"]}));
        ask("add", json!({"keys": ["two\nlines"]}));
        ask("add", json!({"keys": ["", " ", "x\ry"]}));
        ask("remove", json!({"keys": [""]}));
        ask("add", json!({"keys": ["ssh-rsa DDDD"], "reset": true}));
        ask("remove", json!({"keys": ["ssh-rsa DDDD"]}));
        ask("add", json!({"keys": [], "reset": true}));
    }
    compare_requests("houses", HOUSES, &requests, "mnt");
}

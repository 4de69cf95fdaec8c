//! Unions: tags, branches, and unions as branches.

use crate::{decode, refused, round_trip};

#[test]
fn a_tag_may_stand_anywhere() {
    use crate::golden::union_tag_only::{Bus, Disk, Smart};
    let disk = Disk::Nvme(Smart::new(300).serial("s"));
    round_trip(
        r#"{"type": "nvme", "temperature": 300, "serial": "s"}"#,
        &disk,
    );
    assert_eq!(
        decode(r#"{"serial": "s", "temperature": 300, "type": "nvme"}"#),
        Ok(disk)
    );
    round_trip(r#"{"type": "ide"}"#, &Disk::Ide);
    assert_eq!(Disk::Scsi(Smart::new(1)).tag(), Bus::Scsi);
    assert_eq!(
        refused::<Disk>(r#"{"type": "ide", "temperature": 300}"#),
        "Parameter 'x.temperature' is unexpected"
    );
    assert_eq!(
        refused::<Disk>(r#"{"type": "nvme"}"#),
        "Parameter 'x.temperature' is missing"
    );
    assert_eq!(refused::<Disk>("{}"), "Parameter 'x.type' is missing");
    assert_eq!(
        refused::<Disk>(r#"{"type": "usb"}"#),
        "Parameter 'type' does not accept value 'usb'"
    );
}

#[test]
fn branches_without_members_are_nothing_but_the_tag() {
    use crate::golden::union_tag_only::Bare;
    round_trip(r#"{"type": "scsi"}"#, &Bare::Scsi);
    assert_eq!(
        refused::<Bare>(r#"{"type": "scsi", "a": 1}"#),
        "Parameter 'x.a' is unexpected"
    );
}

#[test]
fn base_tag_and_branch_are_one_object() {
    use crate::golden::union_base::{Kind, Middle, MiddleBranch, Netdev, NetdevBranch, Tap, User};
    let tap = Netdev::new("n", NetdevBranch::Tap(Tap::new(3)));
    round_trip(r#"{"id": "n", "type": "tap", "fd": 3}"#, &tap);
    assert_eq!(decode(r#"{"fd": 3, "type": "tap", "id": "n"}"#), Ok(tap));
    round_trip(
        r#"{"id": "n", "type": "user", "host": "h"}"#,
        &Netdev::new("n", NetdevBranch::User(User::new().host("h"))),
    );
    let middle = Middle::new(1, MiddleBranch::Tap(Tap::new(3))).branch_("b");
    assert_eq!(middle.branch.tag(), Kind::Tap);
    round_trip(
        r#"{"object": 1, "kind": "tap", "branch": "b", "fd": 3}"#,
        &middle,
    );
}

#[test]
fn unions_find_mistakes_in_order_of_the_schema() {
    use crate::golden::union_base::Middle;
    assert_eq!(
        refused::<Middle>(r#"{"kind": "no", "branch": 1}"#),
        "Parameter 'x.object' is missing"
    );
    assert_eq!(
        refused::<Middle>(r#"{"object": 1, "kind": "no", "branch": 1}"#),
        "Parameter 'kind' does not accept value 'no'"
    );
    assert_eq!(
        refused::<Middle>(r#"{"object": 1, "kind": "tap", "branch": 1}"#),
        "Invalid parameter type for 'x.branch', expected: string"
    );
    assert_eq!(
        refused::<Middle>(r#"{"object": 1, "kind": "tap"}"#),
        "Parameter 'x.fd' is missing"
    );
}

#[test]
fn a_branch_may_be_a_union() {
    use crate::golden::union_nested::{Address, Exec, Inet, SocketAddress};
    let socket = Address::Socket(SocketAddress::Inet(Inet::new("h", 1)));
    round_trip(
        r#"{"transport": "socket", "type": "inet", "host": "h", "port": 1}"#,
        &socket,
    );
    round_trip(
        r#"{"transport": "exec", "args": []}"#,
        &Address::Exec(Exec::new(Vec::new())),
    );
    assert_eq!(
        refused::<Address>(r#"{"transport": "socket", "type": "unix", "path": "p", "port": 1}"#),
        "Parameter 'x.port' is unexpected"
    );
}

#[test]
fn unions_inside_unions_are_one_object() {
    use crate::golden::union_nested::{Named, NamedBranch, Outer, OuterBranch, Outermost, Unix};
    let named = Named::new("n", NamedBranch::Unix(Unix::new("p"))).mark(2);
    let outer = Outer::new(OuterBranch::Socket(named)).mark_outer(1);
    let json = r#"{"level": "deep", "mark-outer": 1, "transport": "socket", "id": "n", "type": "unix", "mark": 2, "path": "p"}"#;
    round_trip(json, &Outermost::Deep(outer));
    assert_eq!(
        refused::<Outermost>(
            r#"{"level": "deep", "transport": "socket", "id": "n", "type": "vsock"}"#
        ),
        "Parameter 'type' does not accept value 'vsock'"
    );
}

#[test]
fn a_branch_may_have_no_members() {
    use crate::golden::union_tag_only::{Hollow, Void};
    round_trip(r#"{"type": "ide"}"#, &Hollow::Ide(Void::new()));
    round_trip(r#"{"type": "scsi"}"#, &Hollow::Scsi);
}

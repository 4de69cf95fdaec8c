//! A service with a few commands of the guest agent, written by hand the way
//! the generator writes it.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::str::FromStr;

use qapi_runtime::{
    Call, CommandInfo, Decode, DecodeError, DecodeMembers, Empty, Error, Input, Kind, Object,
    Outcome, Service, Session, UnknownValue,
};

/// The service. Handlers check and echo, they do not touch the machine.
pub(crate) struct Guest;

const COMMANDS: &[CommandInfo] = &[
    CommandInfo::new("guest-sync-delimited"),
    CommandInfo::new("guest-sync"),
    CommandInfo::new("guest-ping"),
    CommandInfo::new("guest-file-seek"),
    CommandInfo::new("guest-set-vcpus"),
    CommandInfo::new("guest-set-memory-blocks"),
    CommandInfo::new("guest-exec"),
    CommandInfo {
        success_response: false,
        ..CommandInfo::new("guest-shutdown")
    },
    CommandInfo::new("guest-get-time"),
    CommandInfo::new("test-panic"),
    CommandInfo::new("test-echo"),
];

impl Service for Guest {
    fn commands(&self) -> &'static [CommandInfo] {
        COMMANDS
    }

    fn call(&mut self, mut call: Call<'_>) -> Result<Outcome, Error> {
        match call.command() {
            "guest-sync-delimited" => {
                call.delimit();
                call.answer(|Sync { id }| Ok(id))
            }
            "guest-sync" => call.answer(|Sync { id }| Ok(id)),
            "guest-ping" => call.answer(|Empty {}| Ok(Empty {})),
            "guest-file-seek" => call.answer(|seek: FileSeek| -> Result<(), Error> {
                let handle = seek.handle;
                Err(Error::generic(format!(
                    "handle '{handle}' has not been found"
                )))
            }),
            "guest-set-vcpus" => call.answer(|SetVcpus { vcpus }| Ok(vcpus.len())),
            "guest-set-memory-blocks" => call.answer(|SetMemory { indices }| Ok(indices)),
            "guest-exec" => call.answer(|exec: Exec| Ok(exec.arg)),
            "guest-shutdown" => call.answer_silently(|Shutdown { mode }| match mode.as_deref() {
                None | Some("halt" | "powerdown" | "reboot") => Ok(()),
                Some(mode) => Err(Error::generic(format!("mode is {mode}"))),
            }),
            "guest-get-time" => Err(Error::command_disabled(
                call.command(),
                "the command is not allowed",
            )),
            "test-panic" => call.answer(|Empty {}| -> Result<(), Error> { panic!("on purpose") }),
            "test-echo" => call.answer(|Echo { text }| Ok(text)),
            _ => call.not_found(),
        }
    }
}

/// The replies to `pieces`, one after another.
pub(crate) fn replies<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut session = Session::new();
    let mut replies = Vec::new();
    for piece in pieces {
        replies.extend(session.feed(piece, &mut Guest));
    }
    // The only byte that is not ASCII is the delimiter; show it as a character.
    replies.into_iter().map(char::from).collect()
}

/// Implements `Decode` for object types, naming the members.
macro_rules! objects {
    ($($ty:ident { $($field:ident: $how:ident($name:literal)),* })*) => {$(
        impl<'de> DecodeMembers<'de> for $ty {
            fn decode_members(object: &mut Object<'_, 'de>) -> Result<Self, DecodeError> {
                Ok(Self { $($field: object.$how($name)?),* })
            }
        }
    )*};
}

struct Sync {
    id: i64,
}

struct FileSeek {
    handle: i64,
    offset: i64,
    whence: Whence,
}

struct SetVcpus {
    vcpus: Vec<Vcpu>,
}

struct Vcpu {
    logical_id: i64,
    online: bool,
    can_offline: Option<bool>,
}

struct SetMemory {
    indices: Vec<MemoryBlock>,
}

struct MemoryBlock {
    phys_index: u64,
    online: bool,
    can_offline: Option<bool>,
}

struct Exec {
    path: String,
    arg: Option<Vec<String>>,
    env: Option<Vec<String>>,
    input_data: Option<String>,
}

struct Shutdown {
    mode: Option<String>,
}

struct Echo {
    text: String,
}

objects! {
    Sync { id: required("id") }
    FileSeek { handle: required("handle"), offset: required("offset"), whence: required("whence") }
    SetVcpus { vcpus: required("vcpus") }
    Vcpu { logical_id: required("logical-id"), online: required("online"), can_offline: optional("can-offline") }
    SetMemory { indices: required("mem-blks") }
    MemoryBlock { phys_index: required("phys-index"), online: required("online"), can_offline: optional("can-offline") }
    Exec { path: required("path"), arg: optional("arg"), env: optional("env"), input_data: optional("input-data") }
    Shutdown { mode: optional("mode") }
    Echo { text: required("text") }
}

impl serde::Serialize for MemoryBlock {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.phys_index)
    }
}

enum Whence {
    Value(i64),
    Name(Seek),
}

impl<'de> Decode<'de> for Whence {
    fn decode(input: Input<'_, 'de>) -> Result<Self, DecodeError> {
        match input.kind() {
            Kind::Number => input.decode().map(Self::Value),
            Kind::String => input.parse().map(Self::Name),
            _ => Err(input.expected("GuestFileWhence")),
        }
    }
}

enum Seek {
    Set,
    Cur,
    End,
}

impl FromStr for Seek {
    type Err = UnknownValue;

    fn from_str(name: &str) -> Result<Self, UnknownValue> {
        match name {
            "set" => Ok(Self::Set),
            "cur" => Ok(Self::Cur),
            "end" => Ok(Self::End),
            other => Err(UnknownValue::new(other)),
        }
    }
}

//! What a peer is told when a request fails: a class and a description.

use std::fmt;
use std::str::FromStr;

use crate::decode::{DecodeError, UnknownValue};
use crate::decoder::JsonError;
use crate::open::Other;

/// The error that answers a request: `{"class": …, "desc": …}` on the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{desc}")]
pub struct Error {
    /// What programs tell errors apart by.
    pub class: ErrorClass,
    /// What people read. Clients compare some of these texts all the same.
    pub desc: String,
}

impl Error {
    /// An error of `class`, described by `desc`.
    pub fn new(class: ErrorClass, desc: impl Into<String>) -> Self {
        Self {
            class,
            desc: desc.into(),
        }
    }

    /// An error of the class that nearly every failure has.
    pub fn generic(desc: impl Into<String>) -> Self {
        Self::new(ErrorClass::GenericError, desc)
    }

    /// The answer to a command that the service does not have.
    pub fn command_not_found(command: &str) -> Self {
        Self::new(
            ErrorClass::CommandNotFound,
            format!("The command {command} has not been found"),
        )
    }

    /// The answer to a command that the service has but does not run now.
    ///
    /// `reason` completes the sentence, as in `the command is not allowed`.
    pub fn command_disabled(command: &str, reason: &str) -> Self {
        Self::new(
            ErrorClass::CommandNotFound,
            format!("Command {command} has been disabled: {reason}"),
        )
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::generic(error.to_string())
    }
}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        Self::generic(error.to_string())
    }
}

/// The classes of errors: [`QapiErrorClass`] of the QMP schema.
///
/// [`QapiErrorClass`]: https://www.qemu.org/docs/master/interop/qemu-qmp-ref.html#enum-QapiErrorClass
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Anything without a class of its own.
    GenericError,
    /// The command is unknown, or disabled.
    CommandNotFound,
    /// A device has failed to become active.
    DeviceNotActive,
    /// A device does not exist.
    DeviceNotFound,
    /// KVM lacks a capability that the command needs; `KVMMissingCap` on the wire.
    KvmMissingCap,
    /// A class this crate does not know, for example one of an old release.
    Other(Other<Self>),
}

impl ErrorClass {
    /// The spelling on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::GenericError => "GenericError",
            Self::CommandNotFound => "CommandNotFound",
            Self::DeviceNotActive => "DeviceNotActive",
            Self::DeviceNotFound => "DeviceNotFound",
            Self::KvmMissingCap => "KVMMissingCap",
            Self::Other(other) => other.as_str(),
        }
    }
}

/// Only known classes can be parsed; [`ErrorClass::from`] takes any.
impl FromStr for ErrorClass {
    type Err = UnknownValue;

    fn from_str(name: &str) -> Result<Self, UnknownValue> {
        match name {
            "GenericError" => Ok(Self::GenericError),
            "CommandNotFound" => Ok(Self::CommandNotFound),
            "DeviceNotActive" => Ok(Self::DeviceNotActive),
            "DeviceNotFound" => Ok(Self::DeviceNotFound),
            "KVMMissingCap" => Ok(Self::KvmMissingCap),
            _ => Err(UnknownValue::new(name)),
        }
    }
}

impl From<&str> for ErrorClass {
    fn from(name: &str) -> Self {
        Other::new(name).map_or_else(|known| known, Self::Other)
    }
}

impl fmt::Display for ErrorClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_reads_back_from_its_spelling() {
        for name in [
            "GenericError",
            "CommandNotFound",
            "DeviceNotActive",
            "DeviceNotFound",
            "KVMMissingCap",
            "DeviceEncrypted",
        ] {
            assert_eq!(ErrorClass::from(name).as_str(), name);
        }
    }

    #[test]
    fn only_unknown_names_end_up_as_other() {
        assert_eq!(ErrorClass::from("KVMMissingCap"), ErrorClass::KvmMissingCap);
        assert_eq!(
            ErrorClass::from("MigrationExpected"),
            ErrorClass::Other(Other::unknown("MigrationExpected"))
        );
    }
}

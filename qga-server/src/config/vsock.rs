//! Addresses of the method `vsock-listen`.

use std::fmt;
use std::path::Path;

use super::SettingsError;

/// Where the agent listens: `CID:PORT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VsockAddress {
    /// The number of this machine; the highest one means whatever number it has.
    pub cid: u32,
    /// The port.
    pub port: u32,
}

impl VsockAddress {
    /// Reads what is given as the path of the channel.
    ///
    /// # Errors
    /// It is not two decimal numbers with a colon between them.
    pub(crate) fn parse(path: &Path) -> Result<Self, SettingsError> {
        let text = path.to_string_lossy();
        let (cid, port) = text
            .split_once(':')
            .filter(|(cid, port)| !cid.is_empty() && !port.is_empty())
            .ok_or_else(|| SettingsError::VsockAddress(text.to_string()))?;
        Ok(Self {
            cid: number(cid).ok_or_else(|| SettingsError::VsockCid(cid.to_owned()))?,
            port: number(port).ok_or_else(|| SettingsError::VsockPort(port.to_owned()))?,
        })
    }
}

/// A number as the C library reads it, with blanks before it.
fn number(text: &str) -> Option<u32> {
    text.trim_ascii_start().parse().ok()
}

impl fmt::Display for VsockAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.cid, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_two_numbers() {
        for text in ["3:1234", "4294967295:0", " 3: 1234"] {
            let address = VsockAddress::parse(Path::new(text)).expect("an address");
            assert_eq!(address.to_string(), text.replace(' ', ""));
        }
    }

    #[test]
    fn what_is_wrong_with_an_address_is_told() {
        for (text, problem) in [
            ("3", "error parsing address '3'"),
            ("3:", "error parsing address '3:'"),
            (":1", "error parsing address ':1'"),
            ("a:1", "Failed to parse cid 'a'"),
            ("-1:b", "Failed to parse cid '-1'"),
            ("4294967296:1", "Failed to parse cid '4294967296'"),
            ("3:b", "Failed to parse port 'b'"),
            ("3:1:1", "Failed to parse port '1:1'"),
            ("3:1 ", "Failed to parse port '1 '"),
        ] {
            let error = VsockAddress::parse(Path::new(text)).expect_err("a refusal");
            assert_eq!(error.to_string(), problem);
        }
    }
}

//! What a monitor says first.

use std::fmt;

use crate::document::Json;

/// The greeting of a monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Greeting {
    /// The release of QEMU.
    pub version: Version,
    /// What the packager calls it; often empty.
    pub package: String,
    /// What can be negotiated, such as `oob`.
    pub capabilities: Vec<String>,
}

/// A release of QEMU.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The 10 in 10.2.1.
    pub major: u64,
    /// The 2 in 10.2.1.
    pub minor: u64,
    /// The 1 in 10.2.1.
    pub micro: u64,
}

impl Greeting {
    /// Reads what stands under `QMP`. Nothing there is worth failing for, so
    /// what is not as expected is left at nothing.
    pub(in crate::client) fn read(json: Json<'_>) -> Self {
        let version = json.get("version");
        let qemu = version.and_then(|version| version.get("qemu"));
        let number = |name| qemu.and_then(|it| it.get(name)?.as_u64()).unwrap_or(0);
        let package = version.and_then(|version| version.get("package")?.as_str());
        let capabilities = json
            .get("capabilities")
            .into_iter()
            .flat_map(Json::elements);
        Self {
            version: Version {
                major: number("major"),
                minor: number("minor"),
                micro: number("micro"),
            },
            package: package.unwrap_or_default().to_owned(),
            capabilities: capabilities
                .filter_map(Json::as_str)
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Whether commands can be run out of band.
    pub fn offers_out_of_band(&self) -> bool {
        self.capabilities.iter().any(|name| name == "oob")
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            major,
            minor,
            micro,
        } = self;
        write!(f, "{major}.{minor}.{micro}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::Document;

    #[test]
    fn a_greeting_says_which_release_it_is() {
        let document = Document::from(json!({
            "version": {"qemu": {"micro": 1, "minor": 2, "major": 10}, "package": "Debian"},
            "capabilities": ["oob", {"new": 1}, "new"],
        }));
        let greeting = Greeting::read(document.root());
        assert_eq!(greeting.version.to_string(), "10.2.1");
        assert_eq!(greeting.package, "Debian");
        assert_eq!(greeting.capabilities, ["oob", "new"]);
        assert!(greeting.offers_out_of_band());
    }

    #[test]
    fn an_odd_greeting_is_a_greeting() {
        let document = Document::from(json!({"version": 3}));
        let greeting = Greeting::read(document.root());
        assert_eq!(greeting.version, Version::default());
        assert!(!greeting.offers_out_of_band());
    }
}

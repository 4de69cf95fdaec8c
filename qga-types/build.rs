//! Generates each version of the interface whose feature is on.

use std::env;

use qapi_codegen::{Config, Dialect, Error};

/// An argument in base64, which is decoded where it goes.
const TEXT: &str = "::qapi_runtime::Base64Text<'_>";

fn main() -> Result<(), Error> {
    for version in ["0.15", "1.1", "1.5", "2.3", "3.1", "10.2"] {
        let feature = format!("CARGO_FEATURE_V{}", version.replace('.', "_"));
        if env::var_os(feature).is_some() {
            config(version).generate(format!("../schema/qga-{version}.json"))?;
        }
    }
    Ok(())
}

fn config(version: &str) -> Config {
    let mut config = Config::new();
    config.service("GuestAgent");
    if version != "0.15" {
        config.delimited("guest-sync-delimited");
    }
    // What is long stays where it is, in the request or in the file. What an agent of today gets it
    // writes while it reads.
    match version {
        "10.2" => config.upload("guest-file-write.arguments.buf-b64"),
        _ => config.replace("guest-file-write.arguments.buf-b64", TEXT),
    };
    config.replace("GuestFileRead.buf-b64", "::qapi_runtime::Base64Stream");
    if !["0.15", "1.1", "1.5"].contains(&version) {
        config.replace("guest-set-user-password.arguments.password", TEXT);
    }
    if ["3.1", "10.2"].contains(&version) {
        config
            .replace("guest-exec.arguments.input-data", TEXT)
            .replace("GuestExecStatus.*-data", "::qapi_runtime::Base64");
    }
    match version {
        "10.2" => config
            .conds([
                "CONFIG_LINUX",
                "CONFIG_FSFREEZE",
                "CONFIG_FSTRIM",
                "CONFIG_LIBUDEV",
            ])
            .conds(["CONFIG_GETLOADAVG", "HAVE_GETIFADDRS", "HAVE_UTMPX"]),
        _ => config.dialect(Dialect::Historical),
    };
    config
}

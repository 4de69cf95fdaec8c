//! Generates each version of the interface whose feature is on.

use std::env;

use qapi_codegen::{Config, Dialect, Error};

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

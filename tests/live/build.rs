//! Generates an asynchronous client from a schema of ours, and the machine protocol of two releases, where their schemas
//! are.
//!
//! Schemas of QEMU are not part of this project. Without them, the tests that need them say so.

use std::env;
use std::path::PathBuf;

use qapi_codegen::{Conditions, Config, Dialect, Error};

/// The releases, each with members that it requires and other releases do not send.
const RELEASES: [(&str, &[&str]); 2] = [
    ("7.2", &["StatusInfo.singlestep"]),
    (
        "10.2",
        &[
            "BlockDeviceInfo.children",
            "BlockDeviceInfo.node-name",
            "CpuInfoFast.qom-type",
        ],
    ),
];

fn main() -> Result<(), Error> {
    Config::new()
        .service("Machine")
        .asynchronous(true)
        .generate("../../examples/qmp-client/machine.json")?;
    println!("cargo::rustc-check-cfg=cfg(corpus)");
    println!("cargo::rerun-if-env-changed=QAPI_SHARED");
    let shared = env::var_os("QAPI_SHARED").map_or_else(|| "../../../shared".into(), PathBuf::from);
    let corpus = shared.join("corpus/qmp");
    if !corpus.is_dir() {
        println!("cargo::rerun-if-changed={}", corpus.display());
        return Ok(());
    }
    println!("cargo::rustc-cfg=corpus");
    for (release, not_everywhere) in RELEASES {
        let mut config = Config::new();
        config
            .service("Machine")
            .dialect(Dialect::Historical)
            .conditions(Conditions::Keep)
            .module(&format!("machine-{release}"));
        for member in not_everywhere {
            config.optional(member);
        }
        config.generate(corpus.join(release).join("qapi/qapi-schema.json"))?;
    }
    Ok(())
}

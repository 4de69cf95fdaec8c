//! Generates the crate from the schema.

fn main() -> Result<(), qapi_codegen::Error> {
    qapi_codegen::Config::new()
        .service("GuestAgent")
        .conds([
            "CONFIG_LINUX",
            "CONFIG_FSFREEZE",
            "CONFIG_FSTRIM",
            "CONFIG_LIBUDEV",
        ])
        .conds(["CONFIG_GETLOADAVG", "HAVE_GETIFADDRS", "HAVE_UTMPX"])
        .delimited("guest-sync-delimited")
        .module("qga")
        .generate("../schema/qga-10.2.json")
}

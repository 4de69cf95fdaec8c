//! Makes Rust of the schema.

fn main() -> Result<(), qapi_codegen::Error> {
    qapi_codegen::Config::new()
        .service("Machine")
        .generate("machine.json")
}

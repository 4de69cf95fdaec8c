//! A server that does not answer every command of its schema.

include!("../golden/features/expected.rs");

struct Painter;

impl Service for Painter {
    #[allow(deprecated)]
    fn paint(&mut self, _: PaintArgs) -> Result<(), qapi_runtime::Error> {
        Ok(())
    }
}

fn main() {}

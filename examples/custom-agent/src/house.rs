//! The service: one method for each command of the schema.

use qapi_runtime::Error;

use crate::{Greenhouse, MoveWindowArgs, Window};

/// A greenhouse with some windows.
#[derive(Debug)]
pub struct House {
    windows: Vec<Window>,
}

impl House {
    /// A house with a window to the south, which is shut, and one in its roof.
    pub fn new() -> Self {
        Self {
            windows: vec![Window::new("south", 0), Window::new("roof", 30)],
        }
    }
}

impl Default for House {
    fn default() -> Self {
        Self::new()
    }
}

impl Greenhouse for House {
    fn get_windows(&mut self) -> Result<Vec<Window>, Error> {
        Ok(self.windows.clone())
    }

    fn move_window(&mut self, args: MoveWindowArgs) -> Result<(), Error> {
        let Some(window) = self.windows.iter_mut().find(|it| it.name == args.name) else {
            return Err(Error::generic("there is no such window"));
        };
        window.open = args.open.unwrap_or(100);
        Ok(())
    }
}

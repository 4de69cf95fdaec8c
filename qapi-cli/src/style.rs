//! How words look on a terminal.

use anstyle::{AnsiColor, Style};

/// How `error` looks.
pub(crate) const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
/// How `warning` looks.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// How what matters looks.
pub(crate) const STRONG: Style = Style::new().bold();

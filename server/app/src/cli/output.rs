//! What a command prints. A closed pipe is nobody's failure.

use std::io::Write;

/// A line on standard output.
pub fn line(text: &str) {
    let _closed = writeln!(std::io::stdout().lock(), "{text}");
}

/// Words on standard error.
pub fn error(text: &str) {
    let _closed = writeln!(std::io::stderr().lock(), "tasuki: {text}");
}

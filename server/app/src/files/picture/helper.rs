//! files: the helper process: this program started again with one hidden argument.

use std::io::Write as _;
use std::process::ExitCode;

use super::{confinement, letter, redraw};

/// The helper's whole work: one picture from standard input, its answer to standard output. Call it first
/// thing in `main`, before a runtime, configuration or logging exists: it confines the process for good, and
/// only the calling thread. Exits with 71 when the kernel refuses to confine, 74 when nobody reads.
pub fn run() -> ExitCode {
    // Confined before the first byte is read. Without confinement no work is done at all.
    if confinement::confine().is_err() {
        return ExitCode::from(71);
    }
    let result = letter::read_request(std::io::stdin().lock()).and_then(|bytes| redraw::redraw(&bytes));
    let answer = letter::write_answer(&result);
    match std::io::stdout().lock().write_all(&answer).and_then(|()| std::io::stdout().flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(74),
    }
}

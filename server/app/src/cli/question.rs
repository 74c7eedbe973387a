//! Asking a person at the terminal; a script may answer line by line on standard input.

use std::io::{self, BufRead, IsTerminal, Write};
use zeroize::Zeroizing;

/// Asks for a line; an empty answer takes `default`.
///
/// # Errors
/// When standard input has ended.
pub fn line(question: &str, default: Option<&str>) -> io::Result<String> {
    let mut out = io::stdout().lock();
    match default {
        Some(default) => write!(out, "{question} [{default}]: ")?,
        None => write!(out, "{question}: ")?,
    }
    out.flush()?;
    let mut typed = String::new();
    if io::stdin().lock().read_line(&mut typed)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    match (typed.trim(), default) {
        ("", Some(default)) => Ok(default.to_owned()),
        (typed, _) => Ok(typed.to_owned()),
    }
}

/// Asks for a secret; it is not shown where a terminal can be told so.
///
/// # Errors
/// When standard input has ended.
pub fn secret(question: &str) -> io::Result<Zeroizing<String>> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password(format!("{question}: ")).map(Zeroizing::new);
    }
    line(question, None).map(Zeroizing::new)
}

/// Asks for so many lines that are not empty, as they stand on a sheet.
///
/// # Errors
/// When standard input ends before the last line.
pub fn sheet(lines: usize) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let mut count = 0;
    for typed in io::stdin().lock().lines() {
        let typed = Zeroizing::new(typed?);
        if typed.trim().is_empty() {
            continue;
        }
        text.push_str(typed.trim());
        text.push('\n');
        count += 1;
        if count == lines {
            return Ok(text);
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

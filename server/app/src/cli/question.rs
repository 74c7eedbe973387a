//! Asking a person at the terminal; a script may answer line by line on standard input.

use super::{Failure, output};
use std::io::{self, BufRead, IsTerminal, Write};
use zeroize::Zeroizing;

/// Wrong answers to one question that end the dialogue.
const TRIES: usize = 5;

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

/// Asks until the answer can be used; what is wrong is told each time.
///
/// # Errors
/// When standard input has ended, or after five wrong answers.
pub fn until<T>(
    question: &str,
    default: Option<&str>,
    mut parse: impl FnMut(&str) -> Result<T, String>,
) -> Result<T, Failure> {
    for _ in 0..TRIES {
        match parse(&line(question, default)?) {
            Ok(answer) => return Ok(answer),
            Err(words) => output::line(&format!("  ✗ {words}")),
        }
    }
    Err(Failure::new("続けて使えない答えだったため、終わります。\n  Too many answers that cannot be used."))
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

/// Asks for so many lines that are not empty, as they stand on a sheet; its title is skipped.
///
/// # Errors
/// When standard input ends before the last line.
pub fn sheet(lines: usize) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let mut count = 0;
    for typed in io::stdin().lock().lines() {
        let typed = Zeroizing::new(typed?);
        let typed = typed.trim();
        if typed.is_empty() || typed.starts_with("tasuki-recovery-sheet") {
            continue;
        }
        text.push_str(typed);
        text.push('\n');
        count += 1;
        if count == lines {
            return Ok(text);
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

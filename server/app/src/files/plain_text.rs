//! files: plain text, which must be text and nothing a program would start.

use super::Refusal;
use super::name::hidden;

/// Beginnings by which systems and browsers know something to run, in lower case.
const ACTIVE: &[&str] = &["<", "#!", "%!ps", "@echo", "{\\rtf"];

/// Accepts UTF-8 or Shift_JIS without control characters that does not begin like markup or a script.
///
/// # Errors
/// `BrokenText`, `ActivePage`, `Program`.
pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
        Err(_) => encoding_rs::SHIFT_JIS
            .decode_without_bom_handling_and_without_replacement(bytes)
            .ok_or(Refusal::BrokenText)?
            .into_owned(),
    };
    if text.chars().any(|letter| hidden(letter) && !matches!(letter, '\n' | '\r' | '\t')) {
        return Err(Refusal::BrokenText);
    }
    let head: String = text.trim_start().chars().take(16).flat_map(char::to_lowercase).collect();
    match ACTIVE.iter().find(|start| head.starts_with(**start)) {
        None => Ok(()),
        Some(&"<") => Err(Refusal::ActivePage),
        Some(_) => Err(Refusal::Program),
    }
}

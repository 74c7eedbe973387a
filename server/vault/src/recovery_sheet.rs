//! Vault: the root key on paper. Five lines, each with a check of its own, so that a typing error is found by
//! the number of its line.
//!
//! ```text
//! tasuki-recovery-sheet-v1
//! 1: K7QM-2D9X-0B4T-HW5E     bytes  0– 7 of the root key, then the line's check
//! 2: …                       bytes  8–15
//! 3: …                       bytes 16–23
//! 4: …                       bytes 24–31
//! 5: …                       the fingerprint, which proves the four lines belong together
//! ```
//!
//! A line is 8 bytes and a check of 2 bytes (the first of SHA-256("tasuki recovery sheet v1" ‖ line number ‖
//! bytes)) in Crockford's base 32. Lines typed in the wrong order are found too.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::alphabet;
use crate::secret::{KEY_BYTES, RootKey};

const TITLE: &str = "tasuki-recovery-sheet-v1";
const LINES: usize = 5;
const LINE_BYTES: usize = 8;
const CHECKED_BYTES: usize = LINE_BYTES + 2;
const LINE_SYMBOLS: usize = 16;

/// The text to print and put into a safe; reading it is holding the root key.
pub struct RecoverySheet(Zeroizing<String>);

impl From<&RootKey> for RecoverySheet {
    fn from(root: &RootKey) -> Self {
        let fingerprint = root.fingerprint();
        let parts = root.expose().chunks(LINE_BYTES).chain([fingerprint.as_bytes().as_slice()]);
        let mut text = Zeroizing::new(String::with_capacity(160));
        text.push_str(TITLE);
        for (number, part) in (1_u8..).zip(parts) {
            text.push('\n');
            text.push(char::from(b'0' + number));
            text.push(':');
            let line = Zeroizing::new([part, &check(number, part)].concat());
            for (position, symbol) in alphabet::encode(&line).chars().enumerate() {
                text.push_str(if position == 0 {
                    " "
                } else if position % 4 == 0 {
                    "-"
                } else {
                    ""
                });
                text.push(symbol);
            }
        }
        text.push('\n');
        Self(text)
    }
}

/// What is wrong with a typed sheet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SheetError {
    /// There are not five lines (the title may be left out); the number of those found.
    #[error("a recovery sheet has 5 lines, {0} were typed")]
    LineCount(usize),
    /// A line does not have sixteen symbols.
    #[error("line {line} has {found} characters instead of 16")]
    Length {
        /// Number of the line, from 1.
        line: u8,
        /// Symbols found in it.
        found: usize,
    },
    /// A line holds a character that is never printed on a sheet.
    #[error("line {0} holds a character that is not used on a recovery sheet")]
    Character(u8),
    /// The line's check does not fit: a typing error in this line, or lines in the wrong order.
    #[error("line {0} has a typing error, or stands in the wrong place")]
    Check(u8),
    /// Every line is sound, yet they do not belong together: lines of two sheets were mixed.
    #[error("the lines come from different recovery sheets")]
    Mixed,
}

impl RecoverySheet {
    /// The text to print.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Reads a typed sheet back. Case, width, spaces, hyphens, the title, empty lines and the line numbers may
    /// be typed or not.
    ///
    /// # Errors
    /// [`SheetError`], naming the first line at fault.
    pub fn parse(typed: &str) -> Result<RootKey, SheetError> {
        let lines: Vec<Zeroizing<String>> = typed
            .lines()
            .take(64)
            .filter(|line| !line.trim().is_empty() && line.trim() != TITLE)
            .map(|line| Zeroizing::new(alphabet::folded(line).take(64).collect::<String>()))
            .collect();
        if lines.len() != LINES {
            return Err(SheetError::LineCount(lines.len()));
        }
        let mut bytes = Zeroizing::new([0; LINES * LINE_BYTES]);
        for ((number, line), place) in (1_u8..).zip(&lines).zip(bytes.chunks_mut(LINE_BYTES)) {
            place.copy_from_slice(read_line(number, line)?.as_slice());
        }
        let (key, fingerprint) = bytes.split_at(KEY_BYTES);
        let mut own = Zeroizing::new([0; KEY_BYTES]);
        own.copy_from_slice(key);
        let root = RootKey::from_bytes(&own);
        if root.fingerprint().as_bytes() == fingerprint { Ok(root) } else { Err(SheetError::Mixed) }
    }
}

fn read_line(number: u8, line: &str) -> Result<Zeroizing<[u8; LINE_BYTES]>, SheetError> {
    let symbols = match line.split_once(':') {
        Some((_, symbols)) => symbols,
        None => line,
    };
    let found = symbols.chars().count();
    if found != LINE_SYMBOLS {
        return Err(SheetError::Length { line: number, found });
    }
    let values = symbols
        .chars()
        .map(alphabet::value)
        .collect::<Option<Vec<u8>>>()
        .map(Zeroizing::new)
        .ok_or(SheetError::Character(number))?;
    let whole = alphabet::decode::<CHECKED_BYTES>(&values).ok_or(SheetError::Check(number))?;
    let (part, found) = whole.split_at(LINE_BYTES);
    if check(number, part) != found {
        return Err(SheetError::Check(number));
    }
    let mut own = Zeroizing::new([0; LINE_BYTES]);
    own.copy_from_slice(part);
    Ok(own)
}

fn check(number: u8, part: &[u8]) -> [u8; 2] {
    let digest =
        Sha256::new().chain_update("tasuki recovery sheet v1").chain_update([number]).chain_update(part);
    let digest: [u8; 32] = digest.finalize().into();
    let [first, second, ..] = digest;
    [first, second]
}

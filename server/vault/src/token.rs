//! Vault: session tokens and one-time codes. What is shown once is kept only as a digest under a pepper, so that
//! a stolen database signs nobody in and invites no guessing. It knows no session and no person.
//!
//! ```text
//! token  = 32 random bytes, shown as base64url without padding (43 characters)
//! code   = 19 random symbols of Crockford's base 32 (95 bits) and a check symbol, shown in groups of five
//! digest = HMAC-SHA-256(pepper, kind u8 ‖ 0x00 ‖ secret); pepper: HKDF label "tasuki/v1/token-pepper"
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use rand::CryptoRng;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::alphabet;
use crate::derive::Label;
use crate::keyring::Keyring;
use crate::secret::Secret;

/// Bytes of a token.
pub const TOKEN_BYTES: usize = 32;
/// Random symbols of a one-time code.
const CODE_SYMBOLS: usize = 19;

/// What a digest is for. A digest of one kind never equals one of another kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// The cookie of a signed-in session.
    Session,
    /// The code with which a person enrols.
    PersonEnrolment,
    /// The code with which a device enrols.
    DeviceEnrolment,
    /// A challenge or ticket that lives for minutes (a sign-in half done, a download).
    Ticket,
}

impl TokenKind {
    const fn number(self) -> u8 {
        match self {
            Self::Session => 1,
            Self::PersonEnrolment => 2,
            Self::DeviceEnrolment => 3,
            Self::Ticket => 4,
        }
    }
}

/// The key under which digests are made. Taken from the keyring before the store consumes it.
pub struct TokenPepper(Secret);

impl Keyring {
    /// The pepper of this installation.
    pub fn token_pepper(&self) -> TokenPepper {
        TokenPepper(self.branch(Label::TokenPepper, &[]))
    }
}

impl TokenPepper {
    fn digest(&self, kind: TokenKind, secret: &[u8]) -> TokenDigest {
        let mac = Hmac::<Sha256>::new_from_slice(self.0.bytes()).expect("HMAC takes keys of any length");
        let whole = mac.chain_update([kind.number(), 0]).chain_update(secret).finalize().into_bytes();
        TokenDigest(whole.into())
    }
}

/// What the store keeps of a token or code. Compared in constant time.
#[derive(Clone, Copy, Debug)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// The bytes for the row; also the key to find it by.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A digest read from its row.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl PartialEq for TokenDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenDigest {}

/// Text that is not a token or code of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TokenError {
    /// Wrong length or alphabet.
    #[error("this is not a token")]
    Malformed,
    /// A code whose check symbol does not fit: a typing error, not worth a try at the store.
    #[error("the code has a typing error")]
    Typo,
}

/// A session token: 256 random bits, handed to the client once and never stored.
pub struct SessionToken(Secret);

impl SessionToken {
    /// Draws a token.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(Secret::generate(rng))
    }

    /// Reads what a client sent: exactly 43 characters of base64url.
    ///
    /// # Errors
    /// [`TokenError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        if text.len() != 43 {
            return Err(TokenError::Malformed);
        }
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Malformed)?);
        let bytes: &[u8; TOKEN_BYTES] = bytes.first_chunk().ok_or(TokenError::Malformed)?;
        Ok(Self(Secret::filled(|to| to.copy_from_slice(bytes))))
    }

    /// The text for the client, to be shown once.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.bytes()))
    }

    /// The digest for the row.
    pub fn digest(&self, pepper: &TokenPepper, kind: TokenKind) -> TokenDigest {
        pepper.digest(kind, self.0.bytes())
    }
}

/// A one-time code that a person reads from paper or a screen and types: `7KQM2-D9X0B-4THW5-EJ3RZ`.
///
/// 95 random bits; the last symbol finds every single wrong symbol and every exchange of two.
pub struct OneTimeCode(Zeroizing<[u8; CODE_SYMBOLS]>);

impl OneTimeCode {
    /// Draws a code.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut values = Zeroizing::new([0; CODE_SYMBOLS]);
        rng.fill_bytes(values.as_mut_slice());
        values.iter_mut().for_each(|value| *value &= 31);
        Self(values)
    }

    /// Reads a typed code: case, full width, spaces, hyphens, O for 0 and I or L for 1 are forgiven.
    ///
    /// # Errors
    /// [`TokenError::Malformed`] on a wrong length or character, [`TokenError::Typo`] on a wrong check symbol.
    pub fn parse(typed: &str) -> Result<Self, TokenError> {
        if typed.len() > 400 {
            return Err(TokenError::Malformed);
        }
        let read: Zeroizing<Vec<u8>> = alphabet::folded(typed)
            .map(alphabet::value)
            .collect::<Option<Vec<u8>>>()
            .map(Zeroizing::new)
            .ok_or(TokenError::Malformed)?;
        let (check, values) = read.split_last().ok_or(TokenError::Malformed)?;
        let values =
            Zeroizing::new(<[u8; CODE_SYMBOLS]>::try_from(values).map_err(|_| TokenError::Malformed)?);
        if check_symbol(values.as_slice()) != *check {
            return Err(TokenError::Typo);
        }
        Ok(Self(values))
    }

    /// The text to show once, in four groups of five.
    pub fn text(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::with_capacity(CODE_SYMBOLS + 4));
        for (position, value) in self.0.iter().copied().chain([check_symbol(self.0.as_slice())]).enumerate() {
            if position > 0 && position % 5 == 0 {
                out.push('-');
            }
            out.push(alphabet::symbol(value));
        }
        out
    }

    /// The digest for the row.
    pub fn digest(&self, pepper: &TokenPepper, kind: TokenKind) -> TokenDigest {
        pepper.digest(kind, self.0.as_slice())
    }
}

/// The sum, in the field of 32 elements (x⁵ + x² + 1), of each value times its own power of x. The powers
/// differ and are not zero, so no single change and no exchange of two values keeps the sum.
fn check_symbol(values: &[u8]) -> u8 {
    let mut power = 1;
    values.iter().fold(0, |sum, value| {
        power = field_product(power, 2);
        sum ^ field_product(*value, power)
    })
}

fn field_product(left: u8, right: u8) -> u8 {
    let (mut left, mut right, mut product) = (left, right, 0);
    while right > 0 {
        if right & 1 == 1 {
            product ^= left;
        }
        left <<= 1;
        if left & 0b10_0000 != 0 {
            left ^= 0b10_0101;
        }
        right >>= 1;
    }
    product
}

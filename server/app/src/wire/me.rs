//! wire: one's own page.

use super::{secret_text::SecretText, session::OwnSession, sign_in};
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::{DeviceId, OrganizationId, PasskeyId, PersonId},
    passkey::PasskeyKind,
    problem::FieldProblem,
    text::DeviceLabel,
};
use utoipa::ToSchema;

/// One's own page.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// Who one is.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// The employer that registered one.
    #[schema(value_type = Uuid)]
    pub organization: OrganizationId,
    /// The version of the name.
    pub version: i64,
    /// The login name.
    pub login: String,
    /// As written.
    pub name: String,
    /// In kana.
    pub reading: String,
    /// In Latin letters; may be empty.
    pub romaji: String,
    /// Where one is signed in.
    pub sessions: Vec<OwnSession>,
    /// One's passkeys.
    pub passkeys: Vec<OwnPasskey>,
}

/// A passkey of one's own page.
#[derive(Serialize, ToSchema)]
pub struct OwnPasskey {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub passkey: PasskeyId,
    /// `security_key` or `this_device`.
    pub kind: &'static str,
    /// The device on which a passkey of kind `this_device` counts.
    #[schema(value_type = Option<Uuid>)]
    pub device: Option<DeviceId>,
    /// What that device's sticker says; null without a device, or when it cannot be read.
    pub device_label: Option<String>,
    /// The name that one gave it.
    pub label: String,
    /// Its counter went back once: it counts no more.
    pub flagged: bool,
    /// Registration, µs UTC.
    pub created_at: i64,
    /// Last use, µs UTC.
    pub used_at: i64,
}

/// The passkey that is wished for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyWish {
    /// `security_key` (counts everywhere), or `this_device` (counts on this device only, never on a shared one).
    #[schema(min_length = 1, max_length = 20)]
    kind: String,
    /// A name for one's own list, such as 「青いキー」.
    #[schema(min_length = 1, max_length = 60)]
    label: String,
}

impl PasskeyWish {
    /// Bounds kind and label.
    ///
    /// # Errors
    /// `kind` or `label` with its rule.
    pub fn parse(&self) -> Result<(PasskeyKind, DeviceLabel), FieldProblem> {
        sign_in::passkey_wish(&self.kind, &self.label)
    }
}

/// A passkey was registered.
#[derive(Serialize, ToSchema)]
pub struct RegisteredPasskey {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub passkey: PasskeyId,
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The present one.
    #[schema(value_type = String, format = Password, max_length = 128)]
    pub current: SecretText,
    /// The one to come: at least 8 characters, 13 recommended.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    pub new: SecretText,
}

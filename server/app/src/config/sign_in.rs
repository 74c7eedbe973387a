//! Config room: how long a sign-in lasts and how guessing is slowed down.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Number;

/// `[sign_in]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignIn {
    /// A shared device locks after this long without a touch.
    pub idle_minutes_shared: Number<1, 30>,
    /// A phone locks after this.
    pub idle_minutes_phone: Number<1, 30>,
    /// A desk computer locks after this.
    pub idle_minutes_pc: Number<1, 60>,
    /// Longest sign-in on a care device: a shift.
    pub longest_hours_care: Number<1, 24>,
    /// Longest sign-in elsewhere.
    pub longest_hours_other: Number<1, 24>,
    /// Within a sign-in a person may come back with name and passkey (user verification) alone.
    pub return_by_passkey: bool,
    /// Wrong passwords in a row until the password step locks.
    pub lock_after_failures: Number<3, 10>,
    /// The lock of the password step ends by itself after this.
    pub lock_minutes: Number<1, 1_440>,
    /// Delay after the first failure; it doubles with each further one.
    pub delay_base_ms: Number<100, 60_000>,
    /// The delay grows no further than this.
    pub delay_max_ms: Number<100, 600_000>,
    /// A one-time enrolment code is good for this long.
    pub enrolment_code_hours: Number<1, 168>,
    /// PEM file of attestation authorities for security keys; without it attestation is not enforced.
    pub attestation_ca_file: Option<PathBuf>,
    /// `[sign_in.argon2]`
    pub argon2: Argon2,
}

/// `[sign_in.argon2]`: cost of one password hash (RFC 9106).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Argon2 {
    /// Memory of one hash in KiB.
    pub memory_kib: Number<19_456, 1_048_576>,
    /// Passes over that memory.
    pub iterations: Number<2, 16>,
    /// Lanes.
    pub lanes: Number<1, 16>,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            idle_minutes_shared: Number::of(5),
            idle_minutes_phone: Number::of(3),
            idle_minutes_pc: Number::of(15),
            longest_hours_care: Number::of(17),
            longest_hours_other: Number::of(12),
            return_by_passkey: true,
            lock_after_failures: Number::of(5),
            lock_minutes: Number::of(15),
            delay_base_ms: Number::of(500),
            delay_max_ms: Number::of(30_000),
            enrolment_code_hours: Number::of(24),
            attestation_ca_file: None,
            argon2: Argon2::default(),
        }
    }
}

impl Default for Argon2 {
    fn default() -> Self {
        Self { memory_kib: Number::of(19_456), iterations: Number::of(2), lanes: Number::of(1) }
    }
}

//! Devices: 端末. What the register says of the device that holds a certificate's key.

use crate::{
    coded::coded,
    id::{DeviceId, OrganizationId, PlaceId},
    time::{Interval, MINUTE, Timestamp},
};

coded! {
    /// What a device is; decides which passkeys count and when it locks.
    DeviceKind {
        /// 共用タブレット: a platform passkey never counts here.
        Shared = 1, "shared", "共用";
        /// 個人の業務用端末
        Personal = 2, "personal", "個人";
        /// 事務用パソコン
        Desktop = 3, "desktop", "パソコン";
    }
}

impl DeviceKind {
    /// Microseconds without activity after which the screen locks: 5 min shared, 3 min personal, 15 min desktop.
    #[must_use]
    pub const fn default_idle(self) -> i64 {
        match self {
            Self::Shared => 5 * MINUTE,
            Self::Personal => 3 * MINUTE,
            Self::Desktop => 15 * MINUTE,
        }
    }

    /// Whether it stands on the care floor, where a session lasts as long as a shift.
    #[must_use]
    pub const fn is_care_device(self) -> bool {
        matches!(self, Self::Shared | Self::Personal)
    }
}

/// SHA-256 of a certificate's SubjectPublicKeyInfo: what makes a device *this* device.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DeviceKey(pub [u8; 32]);

/// A device's row in the register, as far as policy needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeviceFact {
    /// The row.
    pub device: DeviceId,
    /// The organization that owns it.
    pub organization: OrganizationId,
    /// Where it stands, for a shared device.
    pub place: Option<PlaceId>,
    /// What it is.
    pub kind: DeviceKind,
    /// From its registration until its revocation.
    pub period: Interval,
}

impl DeviceFact {
    /// Whether the device may be used at `now`.
    #[must_use]
    pub const fn is_live(&self, now: Timestamp) -> bool {
        self.period.contains(now)
    }
}

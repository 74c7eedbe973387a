//! Passkeys: which of a person's keys count as the second factor on which device.

use crate::{
    coded::coded,
    device::{DeviceFact, DeviceKind},
    id::DeviceId,
};

coded! {
    /// What a passkey is.
    PasskeyKind {
        /// A security key that one carries: its PIN is checked by the key itself.
        SecurityKey = 1, "security_key", "セキュリティキー";
        /// Anything else (platform, phone): counts only on the device on which it was made.
        ThisDevice = 2, "this_device", "この端末のパスキー";
    }
}

/// What is known of a passkey, as far as the rule below needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PasskeyFact {
    /// What it is.
    pub kind: PasskeyKind,
    /// The device on which it was made; `None` for a security key.
    pub device: Option<DeviceId>,
    /// Its maker is on the operator's list.
    pub attested: bool,
    /// It may be copied to other devices.
    pub backup_eligible: bool,
    /// Its counter went back once: there may be a copy.
    pub flagged: bool,
}

/// What a sign-in demands of a passkey, besides user verification, which is always demanded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PasskeyDemand {
    /// The device's register row.
    pub device: DeviceFact,
    /// The person holds a role: administrators and auditors need keys that cannot be copied.
    pub administers: bool,
    /// The operator has named the makers whose keys count.
    pub attestation: bool,
}

impl PasskeyDemand {
    /// Whether the key cannot be copied, and is attested where that is enforced: shared devices and administrators.
    #[must_use]
    pub const fn is_strict(&self) -> bool {
        self.administers || matches!(self.device.kind, DeviceKind::Shared)
    }

    /// Whether the passkey counts here. A passkey of a shared device itself would prove whoever the tablet knows.
    #[must_use]
    pub fn met_by(&self, passkey: &PasskeyFact) -> bool {
        let here = match passkey.kind {
            PasskeyKind::SecurityKey => true,
            PasskeyKind::ThisDevice => {
                self.device.kind != DeviceKind::Shared && passkey.device == Some(self.device.device)
            }
        };
        let bound = !passkey.backup_eligible && (passkey.attested || !self.attestation);
        here && !passkey.flagged && (bound || !self.is_strict())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::OrganizationId,
        time::{Interval, Timestamp},
    };
    use uuid::Uuid;

    fn device(number: u128, kind: DeviceKind) -> DeviceFact {
        DeviceFact {
            device: DeviceId::from_uuid(Uuid::from_u128(number)),
            organization: OrganizationId::from_uuid(Uuid::from_u128(9)),
            place: None,
            kind,
            period: Interval::open(Timestamp(0)),
        }
    }

    fn demand(kind: DeviceKind) -> PasskeyDemand {
        PasskeyDemand { device: device(1, kind), administers: false, attestation: false }
    }

    const KEY: PasskeyFact = PasskeyFact {
        kind: PasskeyKind::SecurityKey,
        device: None,
        attested: false,
        backup_eligible: false,
        flagged: false,
    };

    fn made_on(number: u128) -> PasskeyFact {
        let device = Some(DeviceId::from_uuid(Uuid::from_u128(number)));
        PasskeyFact { kind: PasskeyKind::ThisDevice, device, ..KEY }
    }

    #[test]
    fn a_security_key_counts_everywhere_and_a_platform_passkey_only_where_it_was_made() {
        for kind in DeviceKind::ALL {
            assert!(demand(*kind).met_by(&KEY));
            assert!(!demand(*kind).met_by(&made_on(2)), "{kind:?}");
            assert_eq!(demand(*kind).met_by(&made_on(1)), *kind != DeviceKind::Shared, "{kind:?}");
        }
    }

    #[test]
    fn what_can_be_copied_counts_neither_on_a_shared_device_nor_for_an_administrator() {
        let copied = PasskeyFact { backup_eligible: true, ..made_on(1) };
        assert!(demand(DeviceKind::Personal).met_by(&copied));
        assert!(!PasskeyDemand { administers: true, ..demand(DeviceKind::Desktop) }.met_by(&copied));
        let copied = PasskeyFact { backup_eligible: true, ..KEY };
        assert!(!demand(DeviceKind::Shared).met_by(&copied));
    }

    #[test]
    fn attestation_is_demanded_where_a_list_is_given_and_the_key_must_be_bound() {
        let listed = |kind, administers| PasskeyDemand { attestation: true, administers, ..demand(kind) };
        let attested = PasskeyFact { attested: true, ..KEY };
        assert!(!listed(DeviceKind::Shared, false).met_by(&KEY));
        assert!(listed(DeviceKind::Shared, false).met_by(&attested));
        assert!(!listed(DeviceKind::Desktop, true).met_by(&made_on(1)));
        assert!(listed(DeviceKind::Desktop, false).met_by(&made_on(1)));
    }

    #[test]
    fn a_flagged_key_counts_nowhere() {
        for kind in DeviceKind::ALL {
            assert!(!demand(*kind).met_by(&PasskeyFact { flagged: true, ..KEY }));
        }
    }
}

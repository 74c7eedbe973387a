//! Between what the door says of devices and what the use cases know of them.

use crate::{
    usecase::{
        change_device::DeviceChange,
        read_devices::{DeviceRow, KeyRow, Register},
        register_device::IssuedCode,
        revoke_device::Revoked,
    },
    wire::device::{
        Device, DeviceCertificate, DeviceCode, DeviceList, DevicePatch, DeviceRevoked, DeviceState,
        ShownOnDevice, label,
    },
};
use tasuki_domain::{problem::FieldProblem, time::Timestamp};

/// What changes, bounded.
pub(super) fn change(body: &DevicePatch) -> Result<DeviceChange, FieldProblem> {
    let label = body.label.as_deref().map(label).transpose()?;
    Ok(DeviceChange { label, kind: body.kind, place: body.place })
}

/// A code, to be shown once.
pub(super) fn code(issued: &IssuedCode) -> DeviceCode {
    DeviceCode { device: issued.device, code: issued.code.as_str().to_owned(), expires_at: issued.expires_at }
}

/// The register.
pub(super) fn register(register: Register) -> DeviceList {
    let at = register.at;
    DeviceList { devices: register.devices.iter().map(|row| device(row, at)).collect() }
}

/// What blocking did.
pub(super) fn revoked(revoked: &Revoked) -> DeviceRevoked {
    let exposure = &revoked.exposure;
    let shown = exposure.shown.iter().map(|shown| ShownOnDevice {
        person: shown.person,
        patient: shown.patient,
        room: shown.room,
        first: shown.first,
        last: shown.last,
        looks: shown.looks,
        lent: shown.lent,
    });
    DeviceRevoked {
        connections: revoked.connections,
        since: exposure.since,
        shown: shown.collect(),
        lists: exposure.lists,
    }
}

fn device(row: &DeviceRow, at: Timestamp) -> Device {
    let counts = |key: &&KeyRow| key.revoked_at == Timestamp::OPEN_END;
    let state = if row.period.until <= at {
        DeviceState::Revoked
    } else if row.keys.iter().filter(counts).any(|key| key.not_after > at) {
        DeviceState::Live
    } else if row.keys.iter().any(|key| counts(&key)) {
        DeviceState::Expired
    } else {
        DeviceState::Waiting
    };
    Device {
        device: row.device,
        label: row.label.as_str().to_owned(),
        kind: row.kind,
        place: row.place,
        state,
        registered_at: row.period.from,
        revoked_at: ended(row.period.until),
        code_until: row.code_until,
        certificates: row.keys.iter().map(certificate).collect(),
    }
}

fn certificate(key: &KeyRow) -> DeviceCertificate {
    DeviceCertificate {
        serial: key.serial.clone(),
        issued_at: key.issued_at,
        not_after: key.not_after,
        revoked_at: ended(key.revoked_at),
    }
}

fn ended(at: Timestamp) -> Option<Timestamp> {
    (at != Timestamp::OPEN_END).then_some(at)
}

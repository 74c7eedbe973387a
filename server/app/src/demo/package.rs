//! A device's files: the p12 as the enrolment door hands it over, and the same certificate and key as PEM for programs.

use super::{credentials::DeviceCredentials, stage::DemoProblem};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Writes `KEY.p12`, `KEY.pem` (certificates) and `KEY.key` (PKCS#8) for its user only.
pub(super) fn write(folder: &Path, device: &str, package: &[u8], password: &str) -> Result<(), DemoProblem> {
    let store =
        KeyStore::from_pkcs12(package, password, Pkcs12ImportPolicy::Strict).map_err(DemoProblem::other)?;
    let (_, chain) = store.private_key_chain().ok_or_else(|| DemoProblem::Unknown(device.into()))?;
    let certificates: String =
        chain.certs().iter().map(|certificate| pem("CERTIFICATE", certificate.as_der())).collect();
    let key = Zeroizing::new(pem("PRIVATE KEY", chain.key().as_der()));
    let paths = paths(folder, device, password);
    private(Path::new(&paths.p12), package)?;
    private(Path::new(&paths.certificate), certificates.as_bytes())?;
    private(Path::new(&paths.key), key.as_bytes())
}

/// Where a device's files lie.
pub(super) fn paths(folder: &Path, device: &str, password: &str) -> DeviceCredentials {
    let path = |ending: &str| folder.join(format!("{device}.{ending}")).display().to_string();
    DeviceCredentials {
        certificate: path("pem"),
        key: path("key"),
        p12: path("p12"),
        p12_password: password.to_owned(),
    }
}

/// Writes a file that only its user may read.
pub(super) fn private(path: &Path, bytes: &[u8]) -> Result<(), DemoProblem> {
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(PathBuf::from(path))
        .map_err(DemoProblem::other)?;
    file.write_all(bytes).map_err(DemoProblem::other)
}

/// The textual form of RFC 7468.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<String> =
        text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

//! What the console may ask of the access log. It never sees names or reads entries: that is the auditor's.

use crate::usecase::{
    Services, UseCaseError,
    access_log::{self, LogExport},
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use tasuki_domain::{
    policy::Caller,
    time::{Interval, Timestamp},
};
use tokio::{
    fs::{DirBuilder, File, OpenOptions},
    io::AsyncWriteExt,
};
use uuid::Uuid;

/// Folder in the data folder where exports wait to be fetched.
const FOLDER: &str = "export";

/// The result of a verification.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether nothing was found.
    pub sound: bool,
    /// The report in Japanese.
    pub japanese: String,
    /// The report in English.
    pub english: String,
    /// Whether the verification stands in the log.
    pub recorded: bool,
}

/// Where an export was written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Exported {
    /// The file.
    pub file: PathBuf,
}

pub(super) async fn head(services: &Services) -> Result<serde_json::Value, UseCaseError> {
    let head = access_log::log_head(services).await?.ok_or(UseCaseError::Missing)?;
    Ok(serde_json::Value::String(head.note))
}

pub(super) async fn verify(
    services: &Services,
    caller: &Caller,
    against: Option<String>,
    key: Option<String>,
) -> Result<serde_json::Value, UseCaseError> {
    let found = access_log::verify_log(services, caller, against.as_deref(), key.as_deref()).await?;
    let (sound, recorded) = (found.sound, found.recorded);
    let verdict = Verdict { sound, japanese: found.japanese, english: found.english, recorded };
    serde_json::to_value(verdict).map_err(UseCaseError::failed)
}

pub(super) async fn export(
    services: &Services,
    caller: &Caller,
    (from, until): (i64, i64),
) -> Result<serde_json::Value, UseCaseError> {
    let period = Interval { from: Timestamp(from), until: Timestamp(until) };
    let export = access_log::export_log_proof(services, caller, period).await?;
    let folder = services.config.server.data_folder.join(FOLDER);
    DirBuilder::new().recursive(true).mode(0o700).create(&folder).await.map_err(UseCaseError::failed)?;
    let file = folder.join(format!("{}.tasuki-log", Uuid::new_v4().simple()));
    let target = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&file)
        .await
        .map_err(UseCaseError::failed)?;
    if let Err(error) = write(export, target).await {
        // Half an export is worth nothing; what went wrong is told above all.
        let _gone = tokio::fs::remove_file(&file).await;
        return Err(error);
    }
    serde_json::to_value(Exported { file }).map_err(UseCaseError::failed)
}

async fn write(mut export: LogExport, mut file: File) -> Result<(), UseCaseError> {
    while let Some(bytes) = export.bytes().await? {
        file.write_all(&bytes).await.map_err(UseCaseError::failed)?;
    }
    file.sync_all().await.map_err(UseCaseError::failed)
}

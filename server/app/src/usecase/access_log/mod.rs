//! Use cases of the access log: reading, proving, exporting and verifying it, and signing its heads.

mod export_log;
mod log_head;
mod log_table;
mod read_log;
mod read_log_entry;
mod scope;
mod sign_checkpoint;
mod verify_log;
mod view;
mod words;

pub use export_log::{Charset, LogExport, LogExportCommand, LogFormat, export_log, export_log_proof};
pub use log_head::{HeadView, ProofView, log_head, log_proof};
pub use read_log::{LogPageView, LogQuestion, read_log};
pub use read_log_entry::{LogEntryView, read_log_entry};
pub use sign_checkpoint::sign_checkpoint;
pub use tasuki_store::table::{
    log::{LogBody, LogRow, ProofState},
    log_page::LogFilter,
    log_proof::InclusionProof,
};
pub use verify_log::{LogVerdict, verify_log};
pub use view::LogRowView;
pub use words::{actor_kind, category, object_kind, outcome, refusal, state};

#[cfg(test)]
mod tests;

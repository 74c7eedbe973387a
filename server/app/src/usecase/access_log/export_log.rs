//! A period of the log on its way out: as a table for people, or in the provable form for a verifier. The export stands
//! in the log before its first byte leaves.

use super::{
    log_table::LogTable,
    scope::wanted,
    view::{JobTitles, job_titles, views},
};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::OrganizationId,
    policy::{Caller, ExportLog, ExportLogProof},
    problem::{FieldProblem, FieldRule},
    time::Interval,
};
use tasuki_store::{
    Revealed,
    table::log_export::{LogProofExport, LogRowsExport},
};

/// How the text of a table is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// UTF-8 with the mark by which Excel knows it.
    Utf8WithMark,
    /// Shift_JIS as Windows has it; what it cannot write becomes 〓.
    ShiftJis,
}

impl Charset {
    /// The name in the address and in the entry.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf8WithMark => "utf-8-bom",
            Self::ShiftJis => "shift_jis",
        }
    }
}

/// In which form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    /// A table (CSV) of what is in the auditor's scope, bodies opened.
    Table(Charset),
    /// `tasuki-log-export v1`: all entries of the consortium as stored, sealed, with their proof.
    Proof,
}

/// What to export.
#[derive(Clone, Copy, Debug)]
pub struct LogExportCommand {
    /// Whose entries; `None`: the auditor's only scope. The provable form always holds everybody's.
    pub organization: Option<OrganizationId>,
    /// Which period.
    pub period: Interval,
    /// In which form.
    pub format: LogFormat,
}

/// An export under way.
pub struct LogExport {
    services: Services,
    form: Form,
}

enum Form {
    Table(Box<TableExport>),
    Proof(LogProofExport),
    Done,
}

struct TableExport {
    look: Revealed<ExportLog>,
    rows: LogRowsExport,
    titles: JobTitles,
    table: LogTable,
}

/// Begins an export.
///
/// # Errors
/// The refusal, `until` with `field.interval`, or the store failed.
pub async fn export_log(
    services: &Services,
    caller: &Caller,
    command: LogExportCommand,
) -> Result<LogExport, UseCaseError> {
    let charset = match command.format {
        LogFormat::Table(charset) => charset,
        LogFormat::Proof => return export_log_proof(services, caller, command.period).await,
    };
    demand_period(command.period)?;
    let organization = wanted(services, caller, command.organization)?;
    let grant = services.store.decide(caller, ExportLog { organization }).await?;
    let look = services.store.reveal(grant, detail(command.period).with("charset", charset.text())).await?;
    // What is new gets its head, so that the table can say of it that it is proven.
    let _damage_shows_in_the_rows = super::sign_checkpoint(services).await;
    let rows = services.store.export_log_rows(&look, command.period).await?;
    let (titles, table) = (job_titles(services).await?, LogTable::new(charset));
    let form = Form::Table(Box::new(TableExport { look, rows, titles, table }));
    Ok(LogExport { services: services.clone(), form })
}

/// Begins an export in the provable form; the console may ask for it as well.
///
/// # Errors
/// As [`export_log`].
pub async fn export_log_proof(
    services: &Services,
    caller: &Caller,
    period: Interval,
) -> Result<LogExport, UseCaseError> {
    demand_period(period)?;
    let grant = services.store.decide(caller, ExportLogProof {}).await?;
    let look = services.store.reveal(grant, detail(period)).await?;
    let _damage_shows_in_the_export = super::sign_checkpoint(services).await;
    let form = Form::Proof(services.store.export_log_proof(&look, period).await?);
    Ok(LogExport { services: services.clone(), form })
}

impl LogExport {
    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// When the store fails; the export is then cut short and says so by missing its end.
    pub async fn bytes(&mut self) -> Result<Option<Vec<u8>>, UseCaseError> {
        match &mut self.form {
            Form::Done => Ok(None),
            Form::Proof(export) => Ok(export.bytes().await?),
            Form::Table(export) => {
                let bytes = export.bytes(&self.services).await?;
                if bytes.is_none() {
                    self.form = Form::Done;
                }
                Ok(bytes)
            }
        }
    }
}

impl TableExport {
    async fn bytes(&mut self, services: &Services) -> Result<Option<Vec<u8>>, UseCaseError> {
        let (rows, bodies): (Vec<_>, Vec<_>) = self.rows.rows().await?.into_iter().unzip();
        if rows.is_empty() {
            return Ok(self.table.end());
        }
        let views = views(services, &self.look, rows, &self.titles).await?;
        for (view, body) in views.iter().zip(&bodies) {
            self.table.row(view, body, &self.titles);
        }
        Ok(Some(self.table.take()))
    }
}

fn demand_period(period: Interval) -> Result<(), UseCaseError> {
    match period.from < period.until {
        true => Ok(()),
        false => Err(FieldProblem::new("until", FieldRule::Interval).into()),
    }
}

fn detail(period: Interval) -> Detail {
    Detail::default().with("from", period.from.0).with("until", period.until.0)
}

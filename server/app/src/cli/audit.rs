//! `tasuki audit`: what anybody at the console, or anybody with an export in hand, can prove about the access log.

use super::{
    Failure,
    arguments::{Audit, AuditExport, AuditVerify},
    operator, output, settings,
};
use crate::console::{
    ConsoleCommand,
    audit::{Exported, Verdict},
};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    process::ExitCode,
};
use tasuki_domain::time::Timestamp;
use tasuki_vault::log::{
    Finding, Report,
    note::VerifierKey,
    report::Language,
    verify::{Trust, verify_export},
};

/// Longest head or key that is read from a file, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Something was found.
const FOUND: u8 = 1;
/// It cannot be told.
const CANNOT_TELL: u8 = 2;

/// Runs a command; what goes wrong is an exit code too, since scripts ask for it.
pub async fn run(config: Option<&Path>, command: Audit) -> ExitCode {
    let outcome = match command {
        Audit::Verify(arguments) => match arguments.export.clone() {
            Some(file) => verify_file(&file, &arguments),
            None => verify_data(config, arguments).await,
        },
        Audit::Head => head(config).await,
        Audit::Export(arguments) => export(config, arguments).await,
    };
    outcome.unwrap_or_else(|Failure(words)| {
        output::error(&words);
        ExitCode::from(CANNOT_TELL)
    })
}

fn verify_file(file: &Path, arguments: &AuditVerify) -> Result<ExitCode, Failure> {
    let against = arguments.against.as_deref().map(text_of).transpose()?;
    let key = arguments.key.as_deref().map(text_of).transpose()?;
    let key = key.map(|text| VerifierKey::parse(text.trim())).transpose()?;
    let trust = Trust { key: key.as_ref(), against: against.as_deref() };
    let report = verify_export(BufReader::new(File::open(file)?), trust)?;
    output::line(report.text(Language::Japanese).trim_end());
    output::line("");
    output::line(report.text(Language::English).trim_end());
    Ok(ExitCode::from(code(&report)))
}

/// A head that lies before the export says nothing about it, neither good nor bad.
fn code(report: &Report) -> u8 {
    let tells_nothing = |finding: &Finding| matches!(finding, Finding::HeadBeforeExport { .. });
    match report.findings.as_slice() {
        [] => 0,
        findings if findings.iter().all(tells_nothing) => CANNOT_TELL,
        _ => FOUND,
    }
}

async fn verify_data(config: Option<&Path>, arguments: AuditVerify) -> Result<ExitCode, Failure> {
    let against = arguments.against.as_deref().map(text_of).transpose()?;
    let key = arguments.key.as_deref().map(text_of).transpose()?;
    let command = ConsoleCommand::VerifyLog { against, key };
    let question = operator::question(&arguments.reason, command)?;
    let verdict: Verdict = operator::act(settings(config)?, question).await?;
    output::line(verdict.japanese.trim_end());
    output::line("");
    output::line(verdict.english.trim_end());
    if !verdict.recorded {
        output::error(
            "この検証はログに記録できませんでした。 / This verification could not be recorded in the log.",
        );
    }
    Ok(ExitCode::from(if verdict.sound { 0 } else { FOUND }))
}

async fn head(config: Option<&Path>) -> Result<ExitCode, Failure> {
    let question = operator::question("audit head", ConsoleCommand::LogHead {})?;
    let note: String = operator::act(settings(config)?, question).await?;
    output::line(note.trim_end());
    Ok(ExitCode::SUCCESS)
}

async fn export(config: Option<&Path>, arguments: AuditExport) -> Result<ExitCode, Failure> {
    let after = arguments.to.tomorrow()?;
    let midnight = |day| {
        Timestamp::tokyo_midnight(day).map(|at| at.0).ok_or_else(|| Failure::new("this day is out of range"))
    };
    let command = ConsoleCommand::ExportLog { from: midnight(arguments.from)?, until: midnight(after)? };
    // The place is taken before anything is exported.
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&arguments.out)?;
    let outcome = take_out(config, &arguments.reason, command, &mut out).await;
    if outcome.is_err() {
        fs::remove_file(&arguments.out)?;
    }
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn take_out(
    config: Option<&Path>,
    reason: &str,
    command: ConsoleCommand,
    out: &mut File,
) -> Result<(), Failure> {
    let question = operator::question(reason, command)?;
    let exported: Exported = operator::act(settings(config)?, question).await?;
    fetch(&exported.file, out)
}

fn fetch(from: &Path, to: &mut File) -> Result<(), Failure> {
    io::copy(&mut File::open(from)?, to)?;
    to.sync_all()?;
    fs::remove_file(from)?;
    Ok(())
}

/// The text of a file of that name, or the argument itself.
fn text_of(argument: &str) -> Result<String, Failure> {
    match fs::metadata(argument) {
        Ok(found) if found.is_file() && found.len() <= LONGEST => Ok(fs::read_to_string(argument)?),
        Ok(_) => Err(Failure::new("a head or a key is a short text file")),
        // A signed note ends with a line feed, which a shell takes away.
        Err(_) if argument.contains('\n') => Ok(format!("{}\n", argument.trim_end_matches('\n'))),
        Err(_) => Ok(argument.to_owned()),
    }
}

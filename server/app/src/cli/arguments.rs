//! What can be typed. `--help` is good enough to work from.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Tasuki: messaging of a regional care consortium.
///
/// First `tasuki init`, then `tasuki serve`. `tasuki check` says in plain words what is wrong and what to do.
#[derive(Debug, Parser)]
#[command(name = "tasuki", version, max_term_width = 100)]
pub struct CommandLine {
    /// The settings; see deploy/config.example.toml. TASUKI_… variables override them.
    #[arg(long, short, global = true, value_name = "FILE", env = "TASUKI_CONFIG")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the server until it is told to stop (SIGTERM or Ctrl-C; a second time cuts open work short).
    Serve(Serve),
    Init(super::init::Arguments),
    Check(super::check::Arguments),
    Organization(super::organization::Arguments),
    Person(super::person::Arguments),
    Device(super::device::Arguments),
    Enrolment(super::device::EnrolmentArguments),
    Backup(super::backup::Arguments),
    Restore(super::restore::Arguments),
    /// アクセスログを確かめます(検証・控えの印刷・書出し)。 / Proves the access log: verify, print its head, export.
    #[command(subcommand)]
    Audit(Audit),
    /// Makes a demonstration consortium, serves it on https://localhost:8443 and lets colleagues talk; nothing in it is
    /// real.
    Demo(Demo),
    /// A colleague of the demonstration; used by `demo` itself.
    #[command(hide = true)]
    DemoColleague(DemoColleague),
    /// Re-encodes a picture from standard input; used by the server itself.
    #[command(hide = true)]
    PictureHelper,
}

/// `tasuki serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Serve demonstration data, which is refused otherwise.
    #[arg(long)]
    pub demo: bool,
}

/// `tasuki audit`
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// 書き換え・削除・追加・入れ替えを記録番号で示します。終了コード 0 異常なし、1 指摘あり、2 判定できない。
    /// / Finds any altered, removed, inserted or swapped entry and says which. Exit code 0: sound, 1: something was found,
    /// 2: it cannot be told.
    ///
    /// Without --export it checks the data of this server. With it, it needs no server, database, network or key.
    /// Whether the end was cut off can only be told with --against.
    Verify(AuditVerify),
    /// 最新の署名済み控えを表示します。紙・端末・他法人など外部に保管してください。 / Prints the newest signed head, to
    /// be kept outside: on paper, on a device, with a partner.
    Head,
    /// 期間を検証できる形で書き出します(氏名は含みません)。 / Writes a period in the provable form, which `tasuki audit verify --export` checks anywhere. It holds no names; what
    /// is sealed stays sealed. Tables with names are for auditors, on the screen.
    Export(AuditExport),
}

/// `tasuki audit verify`
#[derive(Debug, Args)]
pub struct AuditVerify {
    /// An export file instead of this server's data.
    #[arg(long, value_name = "FILE")]
    pub export: Option<PathBuf>,
    /// A signed head from outside: a file, or the text itself.
    #[arg(long, value_name = "HEAD")]
    pub against: Option<String>,
    /// The log's public key as known from elsewhere: a file, or the text itself.
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Why it is done; stands in the log.
    #[arg(long, default_value = "audit verify")]
    pub reason: String,
}

/// `tasuki audit export`
#[derive(Debug, Args)]
pub struct AuditExport {
    /// The first day, as 2026-09-01 (Japanese time).
    #[arg(long, value_name = "DAY")]
    pub from: jiff::civil::Date,
    /// The last day, which belongs to it.
    #[arg(long, value_name = "DAY")]
    pub to: jiff::civil::Date,
    /// The file to write; it must not exist.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Why it is done; stands in the log.
    #[arg(long)]
    pub reason: String,
}

/// `tasuki demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Where the demonstration lies; made when it is missing.
    #[arg(long, default_value = "demo")]
    pub folder: PathBuf,
    /// Port of the door; the enrolment door takes the next one.
    #[arg(long, default_value_t = 8443)]
    pub port: u16,
    /// End after the conversation instead of staying up.
    #[arg(long)]
    pub once: bool,
}

/// `tasuki demo-colleague`
#[derive(Debug, Args)]
pub struct DemoColleague {
    /// The demonstration's folder.
    #[arg(long)]
    pub folder: PathBuf,
    /// Who, by the name in the credentials.
    #[arg(long)]
    pub person: String,
    /// On which device of the story; their own without it.
    #[arg(long)]
    pub device: Option<String>,
}

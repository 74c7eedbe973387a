//! `tasuki check`.

use super::{Failure, operator, output};
use crate::{
    clock::Clock,
    config::{Config, ConfigProblem, ConfigProblems},
    console::{self, Answer, ConsoleCommand},
    explain::explain,
    usecase::check_system::{Check, Subject, SystemState, Verdict, machine_checks},
};
use clap::Args;
use std::{path::Path, process::ExitCode, sync::Arc};

/// 設定・鍵・データベース・ログ・証明書・失効リスト・時刻・ディスク・バックアップを調べます。
/// / Looks at everything and says what is wrong and what to do.
///
/// One line each: ✓ well, ▲ wants attention, ✗ wrong now. Exit code 0, 1 or 2. Asks the running server, or looks by
/// itself when none runs.
#[derive(Debug, Args)]
pub struct Arguments {
    /// 英語で表示します。 / In English.
    #[arg(long)]
    english: bool,
    /// JSONで出力します。 / As JSON.
    #[arg(long)]
    json: bool,
}

/// Looks and tells.
///
/// # Errors
/// Only when nothing could be said at all; what is wrong is the answer and no error.
pub async fn run(file: Option<&Path>, arguments: Arguments) -> Result<ExitCode, Failure> {
    let state = match Config::load(file) {
        Ok(config) => look(Arc::new(config)).await?,
        Err(ConfigProblems(problems)) => alone(problems.iter().map(setting).collect()),
    };
    if arguments.json {
        output::line(&serde_json::to_string_pretty(&state)?);
    } else {
        tell(&state, arguments.english);
    }
    Ok(ExitCode::from(match state.worst() {
        Verdict::Good => 0,
        Verdict::Notice => 1,
        Verdict::Bad => 2,
    }))
}

async fn look(config: Arc<Config>) -> Result<SystemState, Failure> {
    let question = operator::question("check", ConsoleCommand::Check {})?;
    let problem = match console::ask(&config.server.data_folder, &question).await {
        Ok(Some(Answer::Done(state))) => return Ok(serde_json::from_value(state)?),
        Ok(Some(Answer::Not(words))) => words,
        Err(error) => explain(&error),
        Ok(None) => match operator::open(config.clone()).await {
            Ok(house) => {
                let outcome = console::execute(&house.services, question).await;
                operator::close(&house.services).await;
                match outcome {
                    Ok(state) => return Ok(serde_json::from_value(state)?),
                    Err(error) => explain(&error),
                }
            }
            Err(error) => explain(&error),
        },
    };
    let mut checks = machine_checks(&config, None).await;
    checks.push(Check::good(Subject::Database, problem.clone(), problem).but(
        Verdict::Bad,
        "データを開けないため、ログと証明書は調べられませんでした。上の理由を先に直してください。",
        "The data does not open, so log and certificates were not looked at. Mend this first.",
    ));
    checks.sort_by_key(|check| check.subject as u8);
    Ok(alone(checks))
}

fn alone(checks: Vec<Check>) -> SystemState {
    SystemState { at: Clock::system().now(), program: env!("CARGO_PKG_VERSION").to_owned(), checks }
}

fn setting(problem: &ConfigProblem) -> Check {
    let named = format!("{} [{}]", problem.key, problem.code.text());
    Check::good(Subject::Settings, named.clone(), named).but(Verdict::Bad, &problem.rule_ja, &problem.rule_en)
}

fn tell(state: &SystemState, english: bool) {
    for check in &state.checks {
        let sign = match check.verdict {
            Verdict::Good => "✓",
            Verdict::Notice => "▲",
            Verdict::Bad => "✗",
        };
        let (japanese, in_english) = check.subject.words();
        let (subject, found, advice) = if english {
            (in_english, &check.english, &check.advice_english)
        } else {
            (japanese, &check.japanese, &check.advice_japanese)
        };
        output::line(&format!("{sign} {subject}: {found}"));
        if !advice.is_empty() {
            output::line(&format!("    → {advice}"));
        }
    }
    output::line(match (state.worst(), english) {
        (Verdict::Good, false) => "問題なし",
        (Verdict::Good, true) => "All is well.",
        (Verdict::Notice, false) => "▲ の項目を確かめてください。",
        (Verdict::Notice, true) => "Look at the items marked ▲.",
        (Verdict::Bad, false) => "✗ の項目を今すぐ直してください。",
        (Verdict::Bad, true) => "Mend the items marked ✗ now.",
    });
}

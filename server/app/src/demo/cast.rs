//! The cast: one process per colleague, and the conversation that they hold through the public door.

use super::actor::{Cue, Report};
use std::{collections::HashMap, io, path::PathBuf, process::Stdio};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// The patient of the short conversation.
pub(super) const PATIENT: &str = "山田 ハナエ";

/// Who talks, by their names in the story.
pub(super) const PEOPLE: [(&str, &str); 3] = [
    ("takahashi", "髙橋 健太(介護職・あおぞら)"),
    ("sato", "佐藤 花子(看護師・ひまわり)"),
    ("tanaka", "田中 誠(医師・みなと診療所)"),
];

/// The devices on which they talk: a person who comes to a device locks the sessions of the others there, and nobody
/// is to take theirs from whoever tries the demonstration.
const DEVICES: [(&str, &str); 3] =
    [("takahashi", "aozora-tablet-4"), ("sato", "himawari-tablet-3"), ("tanaka", "minato-tablet-1")];

/// Colleagues who were started, by their name in the story.
pub struct Cast {
    folder: PathBuf,
    players: HashMap<String, Part>,
}

struct Part {
    _process: Child,
    cues: ChildStdin,
    reports: Lines<BufReader<ChildStdout>>,
}

impl Cast {
    /// Nobody yet.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, players: HashMap::new() }
    }

    /// Starts a colleague's process and waits until they are signed in.
    ///
    /// # Errors
    /// When the process does not start or cannot sign in.
    pub async fn start(&mut self, person: &str) -> io::Result<Report> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["demo-colleague", "--person", person, "--folder"])
            .arg(&self.folder)
            .args(
                DEVICES.iter().filter(|(who, _)| *who == person).flat_map(|(_, device)| ["--device", device]),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(cues), Some(out)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let mut part = Part { _process: process, cues, reports: BufReader::new(out).lines() };
        let report = part.report().await?;
        self.players.insert(person.to_owned(), part);
        Ok(report)
    }

    /// Sends somebody home.
    pub(super) fn dismiss(&mut self, person: &str) {
        self.players.remove(person);
    }

    /// Gives a cue; somebody who was locked or cut off meanwhile signs in again and opens the room before it.
    pub(super) async fn cue_again(&mut self, person: &str, cue: &Cue) -> io::Result<Report> {
        match self.cue(person, cue).await {
            Ok(Report::Failed { .. }) | Err(_) => {}
            Ok(report) => return Ok(report),
        }
        self.dismiss(person);
        expect(self.start(person).await?)?;
        expect(self.cue(person, &Cue::Open { patient: PATIENT.into() }).await?)?;
        expect(self.cue(person, cue).await?)
    }

    /// Gives a cue and waits for the report.
    ///
    /// # Errors
    /// When the colleague's process has ended.
    pub async fn cue(&mut self, person: &str, cue: &Cue) -> io::Result<Report> {
        let part = self.players.get_mut(person).ok_or(io::ErrorKind::NotFound)?;
        let mut line = serde_json::to_string(cue)?;
        line.push('\n');
        part.cues.write_all(line.as_bytes()).await?;
        part.report().await
    }
}

impl Part {
    async fn report(&mut self) -> io::Result<Report> {
        let line = self.reports.next_line().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(serde_json::from_str(&line)?)
    }
}

/// A line of the conversation: who, class, intent, words, and whether it replies to the line before.
struct Said(&'static str, i16, &'static str, &'static str, bool);

const CONVERSATION: [Said; 4] = [
    Said(
        "takahashi",
        3,
        "notice",
        "おはようございます。起床時の体重は47.6kgで、昨日より0.6kg減りました。足のむくみも軽くなっています。",
        false,
    ),
    Said(
        "sato",
        5,
        "question",
        "ありがとうございます。息苦しさや、夜中にトイレに起きた回数はいかがでしたか。",
        true,
    ),
    Said(
        "takahashi",
        3,
        "notice",
        "息苦しさはありません。夜間のトイレは1回です。朝食は全量召し上がりました。",
        true,
    ),
    Said(
        "tanaka",
        5,
        "notice",
        "経過は良さそうです。アムロジピンは2.5mgのまま続けます。体重は毎朝の測定をお願いします。",
        true,
    ),
];

/// Holds the short conversation and tells each step to `tell`.
///
/// # Errors
/// When a colleague cannot do its part.
pub async fn converse(cast: &mut Cast, mut tell: impl FnMut(String)) -> io::Result<()> {
    let names: HashMap<&str, &str> = PEOPLE.into_iter().collect();
    for (person, name) in PEOPLE {
        if let Report::SignedIn { ms } = expect(cast.start(person).await?)? {
            tell(format!(
                "  {name} がログインしました(クライアント証明書+パスワード+セキュリティキー) {ms:.0} ms"
            ));
        }
        if let Report::Opened { messages, ms } =
            expect(cast.cue(person, &Cue::Open { patient: PATIENT.into() }).await?)?
        {
            tell(format!(
                "  {name} が {PATIENT} 様のルームを開きました(閲覧を記録してから{messages}件を表示) {ms:.0} ms"
            ));
        }
    }
    let mut before = None;
    for Said(person, class, intent, text, replies) in CONVERSATION {
        let cue = Cue::Say {
            class,
            intent: intent.into(),
            text: text.into(),
            reply_to: before.filter(|_| replies),
        };
        let Report::Said { message, ms, sent } = expect(cast.cue(person, &cue).await?)? else { continue };
        before = Some(message);
        tell(format!("\n  {}: {text}", names.get(person).unwrap_or(&person)));
        tell(format!("      保存(ログとともに確定)まで {ms:.1} ms"));
        for (other, name) in PEOPLE.into_iter().filter(|(other, _)| *other != person) {
            if let Report::Heard { at, .. } = expect(cast.cue(other, &Cue::Hear { message }).await?)? {
                tell(format!("      → {name} に届くまで {:.1} ms", at - sent));
            }
        }
    }
    if let Some(message) = before {
        for person in ["takahashi", "sato"] {
            if let Report::Done { ms } = expect(cast.cue(person, &Cue::Acknowledge { message }).await?)? {
                tell(format!("  {} 了解 {ms:.1} ms", names.get(person).unwrap_or(&person)));
            }
        }
    }
    Ok(())
}

/// What was reported, or why it failed.
pub(super) fn expect(report: Report) -> io::Result<Report> {
    match report {
        Report::Failed { why } => Err(io::Error::other(why)),
        report => Ok(report),
    }
}

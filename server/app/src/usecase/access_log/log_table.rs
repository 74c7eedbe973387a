//! The log as a table (CSV) with the columns that the guideline's manual names, for Excel and for inspectors.

use super::{Charset, LogBody, LogRowView, view::JobTitles, words};
use encoding_rs::{EncoderResult, SHIFT_JIS};
use tasuki_domain::{access::Detail, time::Timestamp};
use uuid::Uuid;

const HEADINGS: [&str; 22] = [
    "記録番号",
    "時刻",
    "利用者ID",
    "氏名",
    "職種",
    "所属",
    "端末",
    "端末証明書",
    "接続元",
    "カテゴリ",
    "操作情報",
    "対象者",
    "対象種別",
    "対象ID",
    "対象の所属",
    "ルーム",
    "結果",
    "理由",
    "詳細",
    "依頼番号",
    "証明",
    "ハッシュ",
];

/// Stands for a letter that the character set lacks.
const GETA: &str = "〓";
const ERASED: &str = "(保存期間を過ぎて消去済み)";
const DAMAGED: &str = "(読めません)";

/// A table that grows row by row and is taken away in pieces.
pub(super) struct LogTable {
    charset: Charset,
    writer: csv::Writer<Vec<u8>>,
    begun: bool,
}

impl LogTable {
    pub(super) fn new(charset: Charset) -> Self {
        Self { charset, writer: writer(), begun: false }
    }

    /// Adds an entry.
    pub(super) fn row(&mut self, view: &LogRowView, body: &LogBody, titles: &JobTitles) {
        self.begin();
        let cells = cells(view, body, titles);
        self.writer
            .write_record(cells.iter().map(|cell| harmless(cell)))
            .expect("a vector takes every record");
    }

    /// Takes what has been written, in the character set.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let written = std::mem::replace(&mut self.writer, writer());
        let written = written.into_inner().expect("a vector takes every record");
        encode(self.charset, &String::from_utf8_lossy(&written))
    }

    /// What is left at the end: the headings alone, when there was no row.
    pub(super) fn end(&mut self) -> Option<Vec<u8>> {
        if self.begun {
            return None;
        }
        self.begin();
        Some(self.take())
    }

    fn begin(&mut self) {
        if !std::mem::replace(&mut self.begun, true) {
            let mut headings: Vec<String> = HEADINGS.map(str::to_owned).into();
            if self.charset == Charset::Utf8WithMark {
                headings.first_mut().into_iter().for_each(|first| first.insert(0, '\u{feff}'));
            }
            self.writer.write_record(headings).expect("a vector takes every record");
        }
    }
}

fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new())
}

fn cells(view: &LogRowView, body: &LogBody, titles: &JobTitles) -> [String; 22] {
    let row = &view.row;
    let nothing = Detail::default();
    let (detail, unread) = match body {
        LogBody::Open(detail) => (detail.as_ref(), ""),
        LogBody::Erased => (&nothing, ERASED),
        LogBody::Damaged => (&nothing, DAMAGED),
    };
    let told = |key: &str| detail.more.get(key).map(String::as_str);
    let title = detail.job_type.and_then(|number| titles.get(&number).cloned());
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        row.index.to_string(),
        civil(row.at),
        id(row.actor),
        actor(view, &told),
        title.or_else(|| view.job_title.clone()).unwrap_or_default(),
        text(&view.organization),
        view.device
            .clone()
            .unwrap_or_else(|| id(row.device.map(|device| device.as_uuid()).unwrap_or_default())),
        detail.certificate.clone().unwrap_or_default(),
        detail.source.map(|source| source.to_string()).unwrap_or_default(),
        words::category(row.action).to_owned(),
        row.known_action().map_or_else(|| row.action.to_string(), |action| action.japanese().to_owned()),
        id(row.patient.map(|patient| patient.as_uuid()).unwrap_or_default()),
        words::object_kind(row.known_object()).to_owned(),
        id(row.object),
        text(&view.object_organization),
        id(row.room.map(|room| room.as_uuid()).unwrap_or_default()),
        words::outcome(row.known_outcome()).to_owned(),
        [detail.refusal.map_or("", words::refusal), told("reason").unwrap_or("")].concat(),
        if unread.is_empty() { more(detail) } else { unread.to_owned() },
        id(row.request.as_uuid()),
        words::state(row.state).to_owned(),
        row.hash.to_string(),
    ]
}

/// The person's name; or who else acted.
fn actor<'a>(view: &LogRowView, told: &impl Fn(&str) -> Option<&'a str>) -> String {
    let kind = words::actor_kind(view.row.actor_kind);
    match (view.row.actor_kind, told("operator"), told("job")) {
        (1, ..) => view.name.clone().unwrap_or_default(),
        (_, Some(user), _) => format!("{kind} {user}@{}", told("host").unwrap_or_default()),
        (_, _, Some(job)) => format!("{kind} {job}"),
        _ => kind.to_owned(),
    }
}

fn more(detail: &Detail) -> String {
    let own_columns = ["reason", "operator", "host", "job"];
    let parts = detail.more.iter().filter(|(key, _)| !own_columns.contains(&key.as_str()));
    parts.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
}

fn id(id: Uuid) -> String {
    if id.is_nil() { String::new() } else { id.to_string() }
}

/// The time on Japanese clocks, with the offset written out.
fn civil(at: Timestamp) -> String {
    at.tokyo().map_or_else(|| at.0.to_string(), |at| at.strftime("%Y-%m-%d %H:%M:%S%.6f%:z").to_string())
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    let risky = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    if cell.starts_with(risky) { format!("'{cell}") } else { cell.to_owned() }
}

fn encode(charset: Charset, text: &str) -> Vec<u8> {
    if charset != Charset::ShiftJis {
        return text.as_bytes().to_vec();
    }
    let text = windows(text);
    let mut encoder = SHIFT_JIS.new_encoder();
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_str();
    while !rest.is_empty() {
        bytes.reserve(rest.len() * 2);
        let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut bytes, true);
        rest = rest.get(read..).unwrap_or_default();
        if let EncoderResult::Unmappable(_) = result {
            bytes.extend_from_slice(&SHIFT_JIS.encode(GETA).0);
        }
    }
    bytes
}

/// The letters that Japanese Windows writes where Unicode knows two that look alike.
fn windows(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '〜' => '～',
            '—' => '―',
            '‖' => '∥',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_letters_survive_and_others_become_visible() {
        let text = "髙﨑 〜①㈱− 佐藤";
        let back = SHIFT_JIS.decode(&encode(Charset::ShiftJis, text)).0.into_owned();
        assert_eq!(back, "髙﨑 ～①㈱－ 佐藤");
        let back = SHIFT_JIS.decode(&encode(Charset::ShiftJis, "𠮷野😀")).0.into_owned();
        assert_eq!(back, "〓野〓");
        assert_eq!(encode(Charset::Utf8, "𠮷野"), "𠮷野".as_bytes());
    }

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+81", "-2", "@SUM", "\tx", "＝A1"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        assert_eq!(harmless("佐藤=花子"), "佐藤=花子");
    }

    #[test]
    fn times_are_those_of_japanese_clocks() {
        assert_eq!(civil(Timestamp(1_790_000_000_000_001)), "2026-09-21 23:13:20.000001+09:00");
    }
}

//! Vault, log: what the verifier found, as data and in plain words.

use super::note::VerifierKey;
use super::tree::Hash;

/// The language of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// 日本語
    Japanese,
    /// English
    English,
}

/// One thing that should not be so. Numbers of entries count from 0, as the entries themselves do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// The entry's bytes do not give the hash that was stored with it.
    Altered {
        /// The entry.
        index: u64,
    },
    /// The bytes in this place are not an entry.
    Unreadable {
        /// The entry that should stand here.
        index: u64,
    },
    /// Entries are missing.
    Missing {
        /// First missing entry.
        from: u64,
        /// Last missing entry.
        to: u64,
    },
    /// An entry stands here that does not belong here.
    Inserted {
        /// The entry that should stand here.
        before: u64,
        /// The number that the strange one bears.
        bears: u64,
    },
    /// One entry stands in the place of another.
    Replaced {
        /// The entry that should stand here.
        place: u64,
        /// The number that the one found bears.
        bears: u64,
    },
    /// Two entries changed places.
    Swapped {
        /// The one.
        first: u64,
        /// The other.
        second: u64,
    },
    /// An entry was moved.
    Moved {
        /// The entry.
        index: u64,
        /// The entry before which it stands now.
        before: u64,
    },
    /// An entry bears an earlier time than the one above it.
    TimeWentBack {
        /// The entry.
        index: u64,
    },
    /// A checkpoint in the export is unreadable, of another log, or wrongly signed.
    BadCheckpoint {
        /// Entries before it.
        after: u64,
    },
    /// A rightly signed checkpoint stands where it does not belong.
    MisplacedCheckpoint {
        /// Its size.
        size: u64,
        /// Entries before it.
        after: u64,
    },
    /// The entries do not give the root that was signed: something between the two sizes is not as it was.
    RootDiffers {
        /// Size up to which a signed head still agrees.
        proven: u64,
        /// Size of the head that does not agree.
        size: u64,
    },
    /// The last entries are covered by no signed head.
    Unsigned {
        /// First of them.
        from: u64,
        /// Last of them.
        to: u64,
    },
    /// The file itself ends too early or is damaged: a bad copy, or a cut.
    FileCut {
        /// Entries read until there.
        after: u64,
    },
    /// The number of entries is not the one that the writer of the file noted.
    CountDiffers {
        /// Noted.
        noted: u64,
        /// Found.
        found: u64,
    },
    /// A known head is larger than the log: its end was cut off.
    TailCut {
        /// Size of the known head.
        head: u64,
        /// Size of the log.
        size: u64,
    },
    /// A known head disagrees with the log: history was rewritten.
    Rewritten {
        /// Size of the known head.
        head: u64,
        /// Size up to which a signed head in the export agrees.
        proven: u64,
    },
    /// The known head belongs to another log.
    OtherLog,
    /// The known head lies before the first entry of this export, so nothing can be said with it.
    HeadBeforeExport {
        /// Size of the known head.
        head: u64,
    },
}

impl Finding {
    /// The entry at which it lies, for putting findings in order.
    pub fn place(&self) -> u64 {
        match self {
            Self::Altered { index } | Self::Unreadable { index } | Self::TimeWentBack { index } => *index,
            Self::Moved { index, before } => *index.min(before),
            Self::Missing { from, .. } | Self::Unsigned { from, .. } => *from,
            Self::Inserted { before, .. } => *before,
            Self::Replaced { place, .. } => *place,
            Self::Swapped { first, .. } => *first,
            Self::BadCheckpoint { after }
            | Self::MisplacedCheckpoint { after, .. }
            | Self::FileCut { after } => *after,
            Self::RootDiffers { size, .. } => *size,
            Self::CountDiffers { found, .. } => *found,
            Self::TailCut { size, .. } => *size,
            Self::Rewritten { head, .. } | Self::HeadBeforeExport { head } => *head,
            Self::OtherLog => 0,
        }
    }

    /// The finding as a sentence.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Japanese => self.japanese(),
            Language::English => self.english(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Altered { index } => format!("Entry {index} was altered."),
            Self::Unreadable { index } => {
                format!("What stands in the place of entry {index} is not an entry.")
            }
            Self::Missing { from, to } if from == to => format!("Entry {from} is missing."),
            Self::Missing { from, to } => format!("Entries {from} to {to} are missing."),
            Self::Inserted { before, bears } => {
                format!(
                    "Before entry {before} stands one that does not belong there; it bears the number {bears}."
                )
            }
            Self::Replaced { place, bears } => {
                format!("In the place of entry {place} stands one that bears the number {bears}.")
            }
            Self::Swapped { first, second } => format!("Entries {first} and {second} changed places."),
            Self::Moved { index, before } => {
                format!("Entry {index} was moved; it stands before entry {before}.")
            }
            Self::TimeWentBack { index } => {
                format!("Entry {index} bears an earlier time than the one above it.")
            }
            Self::BadCheckpoint { after } => {
                format!("The signed head after {after} entries is unreadable or not rightly signed.")
            }
            Self::MisplacedCheckpoint { size, after } => {
                format!("The signed head for {size} entries stands after {after}.")
            }
            Self::RootDiffers { proven, size } => format!(
                "Up to {proven} entries agree with a signed head; between there and {size} something is not as it was signed."
            ),
            Self::Unsigned { from, to } => format!("Entries {from} to {to} are covered by no signed head."),
            Self::FileCut { after } => {
                format!(
                    "The file ends too early or is damaged, after {after} entries: copy it again, or ask who cut it."
                )
            }
            Self::CountDiffers { noted, found } => {
                format!("The file notes {noted} entries and holds {found}.")
            }
            Self::TailCut { head, size } => {
                format!("The end was cut off: the head you gave knows {head} entries, the log has {size}.")
            }
            Self::Rewritten { head, proven } => format!(
                "History was rewritten: the head you gave, over {head} entries, does not fit this log (it agrees with its own heads up to {proven})."
            ),
            Self::OtherLog => "The head you gave belongs to another log or is not rightly signed.".to_owned(),
            Self::HeadBeforeExport { head } => format!(
                "The head you gave, over {head} entries, lies before the first entry of this export; export from the beginning to compare it."
            ),
        }
    }

    fn japanese(&self) -> String {
        match self {
            Self::Altered { index } => format!("記録 {index} は書き換えられています。"),
            Self::Unreadable { index } => format!("記録 {index} の位置にあるものは記録として読めません。"),
            Self::Missing { from, to } if from == to => format!("記録 {from} がありません。"),
            Self::Missing { from, to } => format!("記録 {from} から {to} までがありません。"),
            Self::Inserted { before, bears } => {
                format!("記録 {before} の前に、本来ない記録(番号 {bears})が入っています。")
            }
            Self::Replaced { place, bears } => {
                format!("記録 {place} の位置に、番号 {bears} の記録があります。")
            }
            Self::Swapped { first, second } => format!("記録 {first} と {second} が入れ替わっています。"),
            Self::Moved { index, before } => format!("記録 {index} が記録 {before} の前に移されています。"),
            Self::TimeWentBack { index } => format!("記録 {index} の時刻が直前の記録より前になっています。"),
            Self::BadCheckpoint { after } => {
                format!("{after} 件目の後の署名済み控えが読めないか、署名が正しくありません。")
            }
            Self::MisplacedCheckpoint { size, after } => {
                format!("{size} 件分の署名済み控えが {after} 件目の後にあります。")
            }
            Self::RootDiffers { proven, size } => format!(
                "{proven} 件目までは署名済み控えと一致します。そこから {size} 件目までのどこかが署名時と異なります。"
            ),
            Self::Unsigned { from, to } => {
                format!("記録 {from} から {to} までを覆う署名済み控えがありません。")
            }
            Self::FileCut { after } => format!(
                "ファイルが {after} 件目の後で途切れているか壊れています。コピーし直すか、切り取られていないか確認してください。"
            ),
            Self::CountDiffers { noted, found } => {
                format!("ファイルには {noted} 件とありますが、実際は {found} 件です。")
            }
            Self::TailCut { head, size } => {
                format!("末尾が切り取られています。お持ちの控えは {head} 件、このログは {size} 件です。")
            }
            Self::Rewritten { head, proven } => format!(
                "過去の記録が書き換えられています。お持ちの {head} 件分の控えがこのログと一致しません(ログ自身の控えとは {proven} 件目まで一致)。"
            ),
            Self::OtherLog => "お持ちの控えは別のログのものか、署名が正しくありません。".to_owned(),
            Self::HeadBeforeExport { head } => format!(
                "お持ちの控え({head} 件分)はこの書き出しの最初の記録より前のものです。比べるには最初から書き出してください。"
            ),
        }
    }
}

/// What is known about the end of the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Completeness {
    /// No outside head was given: that nothing was cut off at the end cannot be known.
    Unknown,
    /// A head from outside fits: nothing up to this many entries was cut off or rewritten since it was made.
    ProvenUpTo(u64),
}

/// The result of verifying an export.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// The key under which heads were checked; its name is the log's origin.
    pub key: VerifierKey,
    /// Whether that key came from outside; otherwise it is the export's own claim.
    pub key_given: bool,
    /// Number of the first entry in the export.
    pub first: u64,
    /// Entries read.
    pub entries: u64,
    /// Signed heads that agreed.
    pub heads: u64,
    /// Size of the largest head that agreed.
    pub signed: u64,
    /// Root over everything read.
    pub root: Hash,
    /// Times of the first and the last entry, µs UTC.
    pub span: Option<(i64, i64)>,
    /// What is known about the end.
    pub completeness: Completeness,
    /// What should not be so, in the order of the log; at most [`Report::MOST_FINDINGS`].
    pub findings: Vec<Finding>,
    /// Findings beyond those listed.
    pub more_findings: u64,
}

impl Report {
    /// Most findings that a report lists.
    pub const MOST_FINDINGS: usize = 1000;

    /// Whether nothing was found.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    /// The report in plain words, several lines.
    pub fn text(&self, language: Language) -> String {
        let mut lines = match language {
            Language::Japanese => self.japanese(),
            Language::English => self.english(),
        };
        lines.extend(self.findings.iter().map(|finding| format!("- {}", finding.text(language))));
        if self.more_findings > 0 {
            lines.push(match language {
                Language::Japanese => format!("- ほかに {} 件の指摘があります。", self.more_findings),
                Language::English => format!("- and {} more.", self.more_findings),
            });
        }
        lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }

    fn english(&self) -> Vec<String> {
        let mut lines = vec![
            if self.is_sound() {
                "The log is consistent.".to_owned()
            } else {
                "The log is NOT as it was.".to_owned()
            },
            format!(
                "Log {}: {} entries from number {}, {} signed heads agree, the largest over {} entries.",
                self.key.name(),
                self.entries,
                self.first,
                self.heads,
                self.signed
            ),
        ];
        if !self.key_given {
            lines.push(format!(
                "The key was taken from the export itself: compare its id {} with one you know from elsewhere.",
                self.key.key_id_text()
            ));
        }
        lines.push(match self.completeness {
            Completeness::Unknown => {
                "Whether entries were cut off at the end cannot be known without a head from outside (a device, a printout, a witness)."
                    .to_owned()
            }
            Completeness::ProvenUpTo(size) => {
                format!("The head you gave fits: nothing up to entry count {size} was cut off or rewritten since.")
            }
        });
        lines
    }

    fn japanese(&self) -> Vec<String> {
        let mut lines = vec![
            if self.is_sound() {
                "ログに矛盾はありません。".to_owned()
            } else {
                "ログは元のままではありません。".to_owned()
            },
            format!(
                "ログ {}: 番号 {} から {} 件、署名済み控え {} 個が一致(最大 {} 件分)。",
                self.key.name(),
                self.first,
                self.entries,
                self.heads,
                self.signed
            ),
        ];
        if !self.key_given {
            lines.push(format!(
                "公開鍵は書き出し自身のものです。鍵の番号 {} を別の方法で確認してください。",
                self.key.key_id_text()
            ));
        }
        lines.push(match self.completeness {
            Completeness::Unknown => {
                "末尾が切り取られていないかは、外部の控え(端末・印刷・証人)がないと分かりません。".to_owned()
            }
            Completeness::ProvenUpTo(size) => {
                format!("お持ちの控えと一致します。{size} 件目までは、その後の削除も書き換えもありません。")
            }
        });
        lines
    }
}

//! The log's codes in Japanese words, for tables and screens. A code never changes its meaning, so neither do these.

use super::ProofState;
use tasuki_domain::{
    access::{ObjectKind, Outcome},
    policy::RefusalReason,
};

/// The group that an action belongs to (カテゴリ).
#[must_use]
pub const fn category(action: u16) -> &'static str {
    match action {
        100..=199 => "ログイン",
        200..=249 => "職員・法人",
        250..=279 => "利用者・同意・チーム",
        280..=289 => "権限",
        290..=299 => "端末",
        300..=309 => "ルーム",
        310..=319 => "閲覧",
        320..=339 => "投稿",
        340..=349 => "添付",
        350..=399 => "端末・オフライン",
        400..=499 => "監査・時刻",
        500..=599 => "運用",
        _ => "不明",
    }
}

/// How it ended (結果).
#[must_use]
pub const fn outcome(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Done) => "実施",
        Some(Outcome::Refused) => "拒否",
        Some(Outcome::Failed) => "失敗",
        None => "不明",
    }
}

/// Who acted, by kind.
#[must_use]
pub const fn actor_kind(kind: u8) -> &'static str {
    match kind {
        1 => "職員",
        2 => "端末",
        3 => "サーバー操作",
        4 => "システム",
        5 => "証人",
        _ => "不明",
    }
}

/// What an object is (対象種別).
#[must_use]
pub const fn object_kind(kind: Option<ObjectKind>) -> &'static str {
    match kind {
        Some(ObjectKind::None) => "",
        Some(ObjectKind::Organization) => "法人・事業所",
        Some(ObjectKind::Place) => "場所",
        Some(ObjectKind::Person) => "職員",
        Some(ObjectKind::Post) => "所属",
        Some(ObjectKind::Role) => "役割",
        Some(ObjectKind::Patient) => "利用者",
        Some(ObjectKind::Consent) => "同意",
        Some(ObjectKind::Membership) => "チーム参加",
        Some(ObjectKind::Device) => "端末",
        Some(ObjectKind::Session) => "ログイン",
        Some(ObjectKind::Passkey) => "パスキー",
        Some(ObjectKind::Room) => "ルーム",
        Some(ObjectKind::Message) => "投稿",
        Some(ObjectKind::Attachment) => "添付",
        Some(ObjectKind::Look) => "閲覧",
        Some(ObjectKind::Entry) => "記録",
        Some(ObjectKind::Draft) => "下書き",
        None => "不明",
    }
}

/// Why it was refused (理由).
#[must_use]
pub const fn refusal(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::Device => "端末が登録されていないか失効している",
        RefusalReason::Session => "ログインが終わっている",
        RefusalReason::Locked => "画面がロックされている",
        RefusalReason::StepUp => "パスキーの再確認がない",
        RefusalReason::Person => "職員が停止されている",
        RefusalReason::Post => "所属が有効でない",
        RefusalReason::Actor => "この操作ができる立場でない",
        RefusalReason::Role => "役割がない、または範囲外",
        RefusalReason::Membership => "ケアチームの一員でない",
        RefusalReason::Consent => "同意がない、または範囲外",
        RefusalReason::Matrix => "職種と情報区分の権限がない",
        RefusalReason::Room => "ルームの参加者でない",
        RefusalReason::Closed => "ルームが終わっている",
        RefusalReason::Own => "本人でない",
        RefusalReason::SecondPerson => "別の人の確認が必要",
        RefusalReason::RolesExclude => "兼ねられない役割",
        RefusalReason::Missing => "対象がない",
        RefusalReason::Secret => "認証情報が正しくない",
        RefusalReason::TooManyFailures => "失敗が続いたためロック中",
        RefusalReason::Rate => "操作が多すぎる",
    }
}

/// What is known about a row's truth (証明).
#[must_use]
pub const fn state(state: ProofState) -> &'static str {
    match state {
        ProofState::Proven => "証明済み",
        ProofState::Pending => "署名待ち",
        ProofState::Damaged => "破損",
    }
}

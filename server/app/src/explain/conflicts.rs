//! What a state that has moved on means to the operator, by its code.

use super::Words;

const WORDS: &[(&str, Words)] = &[
    ("consortium.founded", ("初期設定は済んでいます。", "The consortium is founded already.")),
    ("authority.exists", ("端末用の認証局は既にあります。", "There is a device authority already.")),
    ("organization.ended", ("その法人・事業所は終了しています。", "That organization has ended.")),
    (
        "organization.has_patients",
        (
            "利用中の方がいるため終了できません。先に担当を移すか、利用を終了してください。",
            "It is responsible for people in care: move or end them first.",
        ),
    ),
    (
        "place.in_use",
        (
            "使われている場所です。先に端末や利用者を移してください。",
            "The place is in use: move devices and people first.",
        ),
    ),
    ("place.ended", ("その場所は終了しています。", "That place has ended.")),
    ("person.disabled", ("その職員は停止されています。", "That person is disabled.")),
    (
        "person.posts_elsewhere",
        (
            "ほかの法人・事業所にも所属があります。自分のところの所属だけを終わらせてください。",
            "There are posts at other employers: end only your own.",
        ),
    ),
    ("post.exists", ("同じ所属が既にあります。", "There is such a post already.")),
    ("post.ended", ("その所属は終了しています。", "That post has ended.")),
    (
        "post.not_suspended",
        ("その所属は確認待ちではありません。", "That post does not wait for a confirmation."),
    ),
    ("role.held", ("その役割は付与済みです。", "The role is held already.")),
    ("role.ended", ("その役割は終了しています。", "That role has ended.")),
    ("device.revoked", ("その端末は失効済みです。", "That device is revoked already.")),
    (
        "enrolment.signed_in_before",
        (
            "ログインしたことのある職員です。tasuki person reset を使ってください。",
            "This person has signed in before: use `tasuki person reset`.",
        ),
    ),
];

/// The words of a code, where it has some of its own.
pub(super) fn words(code: &str) -> Option<Words> {
    WORDS.iter().find(|(known, _)| *known == code).map(|(_, words)| *words)
}

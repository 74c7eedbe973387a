//! What a conflict tells a person, where the general sentence says too little.

use crate::usecase::Conflict;

/// Code, Japanese, English.
type Sentence = (&'static str, &'static str, &'static str);

const SENTENCES: &[Sentence] = &[
    (
        "sign_in.no_passkey_here",
        "この端末で使えるパスキーがありません。共用端末ではセキュリティキーが必要です。",
        "None of your passkeys counts on this device. A shared device needs a security key.",
    ),
    (
        "sign_in.choose_post",
        "どの所属で働くかを選んでください。",
        "Please choose the post under which you work now.",
    ),
    (
        "sign_in.locked",
        "パスワードの間違いが続いたため、しばらくパスワードでログインできません。時間がたつと自動で戻ります。",
        "Too many wrong passwords: the password step is closed for a while and opens again by itself.",
    ),
    (
        "sign_in.disabled",
        "この職員の登録は停止されています。管理者に連絡してください。",
        "This person has been disabled. Please ask an administrator.",
    ),
    (
        "return.full_sign_in",
        "この勤務でのログインがありません。パスワードとパスキーでログインしてください。",
        "There is no sign-in of this shift to return to. Please sign in with password and passkey.",
    ),
    (
        "return.switched_off",
        "パスキーだけでの復帰は使えない設定です。",
        "Returning with the passkey alone is switched off.",
    ),
    (
        "passkey.shared_device",
        "共用端末では、端末のパスキーではなくセキュリティキーを登録してください。",
        "On a shared device register a security key, not a passkey of the device.",
    ),
    (
        "passkey.not_a_security_key",
        "セキュリティキーとして使えない種類です。別のキーを試してください。",
        "This does not count as a security key. Please try another.",
    ),
    (
        "passkey.copyable",
        "複製できるパスキーは、この役割では使えません。セキュリティキーを使ってください。",
        "A passkey that can be copied does not count for this role. Please use a security key.",
    ),
    (
        "passkey.not_attested",
        "許可された製造元のセキュリティキーではありません。",
        "The maker of this key is not on the list of this consortium.",
    ),
    ("passkey.taken", "このパスキーはすでに登録されています。", "This passkey has been registered before."),
    (
        "passkey.too_many",
        "登録できるパスキーの数を超えています。使わないものを削除してください。",
        "You have as many passkeys as one person may have. Please remove one first.",
    ),
    (
        "passkey.last",
        "最後のパスキーは削除できません。先に別のパスキーを登録してください。",
        "The last passkey cannot be removed. Register another one first.",
    ),
    (
        "enrolment.signed_in_before",
        "すでにログインしたことのある職員です。再設定を使ってください。",
        "This person has signed in before. Use the reset instead.",
    ),
    (
        "enrolment.moved_on",
        "コードが新しく発行されたか、確認がもう済んでいます。表示を新しくしてください。",
        "Another code was issued, or this one needs no confirmation any more. Refresh and look again.",
    ),
    (
        "message.client_id_reused",
        "同じ送信番号で別の内容が送られています。もう一度書いて送ってください。",
        "This client id was used for another post. Please send it again as a new one.",
    ),
    (
        "message.changed",
        "この投稿はほかで訂正または取消されています。表示を新しくしてください。",
        "This message was corrected or withdrawn meanwhile. Refresh and look again.",
    ),
    ("message.withdrawn", "この投稿は取り消されています。", "This message has been withdrawn."),
    ("handover.taken", "ほかの職員が先に引き受けています。", "Somebody else has taken it over already."),
    ("handover.not_one", "申し送りではないため、引き受けられません。", "Only a handover can be taken over."),
    (
        "request.changed",
        "お願いや質問の状態が変わっています。表示を新しくしてください。",
        "The request or question has moved on. Refresh and look again.",
    ),
    ("request.not_one", "お願いでも質問でもありません。", "This is neither a request nor a question."),
    ("question.not_one", "質問ではないため、回答できません。", "Only a question can be answered."),
    ("urgent.not_one", "呼び出し中の投稿ではありません。", "This message does not ring."),
    ("urgent.settled", "この呼び出しには、すでに応答があります。", "This call has been answered already."),
    (
        "urgent.changed",
        "呼び出しがちょうど次に進みました。もう一度お試しください。",
        "The call moved on this very moment. Please try again.",
    ),
    (
        "urgent.not_telephone",
        "まだ電話の段階ではないか、結果がもう記録されています。",
        "It is not time for the telephone yet, or its result has been written down.",
    ),
    ("room.not_open", "ルームを開いてから既読にできます。", "Open the room before marking it read."),
    ("room.closed", "このルームは終わっています。", "This room is closed."),
    ("room.open", "このルームは開いています。", "This room is open."),
    (
        "room.not_a_group",
        "参加者を変えられるのはグループだけです。",
        "Only a group room has members to change.",
    ),
    (
        "room.owner_stays",
        "グループの管理者は抜けられません。",
        "The owner of a group cannot be removed from it.",
    ),
];

/// The sentences of a code.
pub(super) fn of(conflict: Conflict) -> Option<&'static Sentence> {
    SENTENCES.iter().find(|(code, ..)| *code == conflict.0)
}

//! What colleagues say while the demonstration stays up: a line now and then, and an answer to whoever writes to them.

use super::{
    actor::{Cue, Report},
    cast::{Cast, PEOPLE},
};
use std::io;
use uuid::Uuid;

/// Somebody of the cast, the information class, and the words.
type Line = (&'static str, i16, &'static str);

const REMARKS: [Line; 8] = [
    ("takahashi", 3, "10時の水分150ml、とろみなしで飲まれました。"),
    ("sato", 5, "午後の訪問で血圧とむくみを確認します。"),
    ("takahashi", 3, "昼食は8割。食後に廊下を一往復されました。"),
    ("tanaka", 5, "次の採血は木曜でお願いします。"),
    ("sato", 5, "血圧128/74、足背のむくみは昨日より軽いです。"),
    ("takahashi", 3, "午後は窓際で過ごされ、よく話されています。"),
    ("tanaka", 5, "経過良好です。明日の朝の体重も共有してください。"),
    ("takahashi", 3, "夕食は全量。19時に居室へ戻られました。"),
];

const ANSWERS: [Line; 3] = [
    ("sato", 5, "ありがとうございます。次の訪問で確認します。"),
    ("takahashi", 3, "承知しました。様子が変わったらすぐお知らせします。"),
    ("tanaka", 5, "了解です。必要なら指示を見直します。"),
];

/// The remark of this turn; `None` once everything has been said.
///
/// # Errors
/// When the colleague cannot sign in again.
pub async fn remark(cast: &mut Cast, turn: usize) -> io::Result<Option<&'static str>> {
    let Some(line) = REMARKS.get(turn) else { return Ok(None) };
    say(cast, line, None).await?;
    Ok(Some(line.2))
}

/// Looks whether somebody from outside of the cast has written; one colleague says 了解 and another answers. Gives who
/// wrote and what was answered.
///
/// # Errors
/// When a colleague cannot sign in again.
pub async fn answer(cast: &mut Cast, turn: usize) -> io::Result<Option<(String, &'static str)>> {
    let known = PEOPLE.iter().filter_map(|(_, name)| name.split('(').next()).map(str::to_owned).collect();
    let Report::Noticed { said: Some((message, author)) } =
        cast.cue_again("takahashi", &Cue::Glance { cast: known }).await?
    else {
        return Ok(None);
    };
    let Some(line) = ANSWERS.get(turn % ANSWERS.len()) else { return Ok(None) };
    // What somebody may not read cannot be answered; the next post may be.
    cast.cue_again("takahashi", &Cue::Acknowledge { message }).await?;
    say(cast, line, Some(message)).await?;
    Ok(Some((author, line.2)))
}

async fn say(cast: &mut Cast, (person, class, text): &Line, reply_to: Option<Uuid>) -> io::Result<()> {
    let cue = Cue::Say { class: *class, intent: "notice".into(), text: (*text).into(), reply_to };
    cast.cue_again(person, &cue).await.map(|_| ())
}

//! Queued items: posts that a device delivers after their author went home, and what became of them.

use crate::{coded::coded, id::MessageId};

coded! {
    /// Why a queued post was refused when it arrived.
    LateRefusal {
        /// Its author may not write there any more: care team, consent, post or matrix have changed.
        Right = 1, "right", "書く権利がない";
        /// The room was closed.
        Closed = 2, "closed", "ルームの終了";
        /// Who is asked may not read it any more.
        Owner = 3, "owner", "頼む人";
        /// Who is rung may not read it any more.
        Called = 4, "called", "呼ぶ人";
        /// Somebody named may not read it any more.
        Mentions = 5, "mentions", "名前を入れた人";
        /// It was due before it arrived.
        Due = 6, "due", "期限";
        /// A file is gone, or was found to be none that is taken.
        Attachments = 7, "attachments", "添付";
        /// What it answers may not be read any more.
        ReplyTo = 8, "reply_to", "返信先";
        /// It was not written when its session could write, or the device's clock is far off.
        WrittenAt = 9, "written_at", "書いた時刻";
        /// Anything else.
        Other = 10, "other", "その他";
    }
}

/// What became of an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Settled {
    /// It was posted.
    Posted(MessageId),
    /// It was refused.
    Refused(LateRefusal),
}

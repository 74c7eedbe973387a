//! Heads: whether a room has something new for a reader, and how urgent it is. Opens nothing and says nothing else.

use super::column::{code, mask};
use crate::{Store, error::StoreError};
use tasuki_domain::{id::RoomId, message::Contract, policy::Caller};

const NEWER: &str = "SELECT COALESCE(MAX(sequence), 0), COALESCE(MAX(contract), 0) FROM message \
     WHERE room = $1 AND sequence > $2 \
     AND ((CAST(1 AS BIGINT) << CAST(class AS INTEGER)) & $3) <> 0 AND withdrawn_at = 9223372036854775807";

/// The newest post of a room that a reader may see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewerPost {
    /// Its position. Never leaves the server.
    pub sequence: i64,
    /// The most urgent of the posts since.
    pub urgency: Contract,
}

impl Store {
    /// What came after a position, as far as the caller may read it now; `None` when there is nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn newer_post(
        &self,
        caller: &Caller,
        room: RoomId,
        after: i64,
    ) -> Result<Option<NewerPost>, StoreError> {
        let classes = self.classes(caller, room);
        let settled =
            !self.inner.backend.is_shared() && self.inner.heads.get(&room).is_some_and(|head| head <= after);
        if classes.is_empty() || settled {
            return Ok(None);
        }
        let mut connection = self.reading().await?;
        let (sequence, contract): (i64, i64) = on!(&mut connection, c => sqlx::query_as(NEWER).bind(room.as_uuid())
            .bind(after).bind(mask(classes)).fetch_one(&mut **c).await)?;
        if sequence == 0 {
            return Ok(None);
        }
        Ok(Some(NewerPost { sequence, urgency: code(contract, Contract::from_code)? }))
    }
}

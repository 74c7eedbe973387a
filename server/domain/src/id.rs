//! Identifiers: one type per thing, so that a patient can never be passed where a room is meant.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that is known to name this kind of thing.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself, for a database column or the log.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )+};
}

id! {
    /// An employer: 法人・事業所.
    OrganizationId,
    /// A building, floor, room or office: 場所.
    PlaceId,
    /// One human, one login: 職員. Random (UUID v4); serves as the pseudonym in the log.
    PersonId,
    /// One job type of one person at one organization: 所属・職種.
    PostId,
    /// A role given to a person: 役割.
    RoleId,
    /// The person cared for: 患者・利用者. Random (UUID v4); serves as the pseudonym in the log.
    PatientId,
    /// A recorded consent: 同意.
    ConsentId,
    /// A stay in a care team: 参加期間.
    MembershipId,
    /// A patient room, group room, direct conversation or notice board: ルーム.
    RoomId,
    /// A message, made by the server: 投稿.
    MessageId,
    /// A client's own id of what it sends (UUID v7), unique per author: makes a retry harmless.
    ClientId,
    /// A file that belongs to a message: 添付.
    AttachmentId,
    /// A registered device: 端末.
    DeviceId,
    /// A person on a device: ログイン.
    SessionId,
    /// A registered passkey or security key of a person.
    PasskeyId,
    /// An open look of a person at a room.
    LookId,
    /// One request or socket frame, for finding an answer's entry in the log.
    RequestId,
}

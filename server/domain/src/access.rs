//! What the access log records: who did what to whom, when, from where, with which result. Never content.

use crate::{
    id::{DeviceId, OrganizationId, PatientId, PersonId, PostId, RequestId, RoomId, SessionId},
    policy::RefusalReason,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, net::IpAddr};
use uuid::Uuid;

macro_rules! actions {
    ($($(#[$meta:meta])* $variant:ident = $code:literal, $text:literal, $japanese:literal;)+) => {
        /// An action of the access log. A code never changes its meaning; new actions get new codes.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum Action {
            $($(#[$meta])* #[doc = $japanese] #[serde(rename = $text)] $variant,)+
        }

        impl Action {
            /// Every action, in order of code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored number.
            #[must_use]
            pub const fn code(self) -> u16 {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The action of a stored number.
            #[must_use]
            pub const fn from_code(code: u16) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }

            /// The name that the API uses.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The action of an API name.
            #[must_use]
            pub fn from_text(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }

            /// The word on Japanese screens and reports.
            #[must_use]
            pub const fn japanese(self) -> &'static str {
                match self { $(Self::$variant => $japanese,)+ }
            }
        }
    };
}

actions! {
    PasswordStep = 100, "password_step", "パスワード確認";
    SignIn = 101, "sign_in", "ログイン";
    Return = 102, "return", "復帰";
    SignOut = 103, "sign_out", "ログアウト";
    SessionExpired = 104, "session_expired", "ログイン期限切れ";
    Lock = 105, "lock", "画面ロック";
    StepUp = 106, "step_up", "再確認";
    FirstSignIn = 107, "first_sign_in", "初回ログイン";
    RegisterPasskey = 108, "register_passkey", "パスキー登録";
    RemovePasskey = 109, "remove_passkey", "パスキー削除";
    ChangePassword = 110, "change_password", "パスワード変更";
    EndSessions = 111, "end_sessions", "全端末ログアウト";
    ReadOwnPage = 112, "read_own_page", "自分のページ閲覧";
    ReadStartScreen = 113, "read_start_screen", "開始画面の表示";
    EndSession = 114, "end_session", "選んだ端末のログアウト";
    CreateOrganization = 201, "create_organization", "法人・事業所の登録";
    ChangeOrganization = 202, "change_organization", "法人・事業所の変更";
    EndOrganization = 203, "end_organization", "法人・事業所の終了";
    CreatePlace = 210, "create_place", "場所の登録";
    ChangePlace = 211, "change_place", "場所の変更";
    EndPlace = 212, "end_place", "場所の終了";
    ReadConsortium = 213, "read_consortium", "法人・場所の閲覧";
    CreatePerson = 220, "create_person", "職員の登録";
    ChangePerson = 221, "change_person", "職員の変更";
    DisablePerson = 222, "disable_person", "職員の停止";
    IssueEnrolmentCode = 223, "issue_enrolment_code", "初回コードの発行";
    ConfirmEnrolment = 224, "confirm_enrolment", "初回コードの確認";
    ResetPerson = 225, "reset_person", "ログインの再設定";
    ReadPeople = 226, "read_people", "職員台帳の閲覧";
    CreatePost = 230, "create_post", "所属の登録";
    EndPost = 231, "end_post", "所属の終了";
    ReconfirmPost = 232, "reconfirm_post", "所属の再確認";
    GrantRole = 240, "grant_role", "役割の付与";
    EndRole = 241, "end_role", "役割の終了";
    CreatePatient = 250, "create_patient", "利用者の登録";
    ChangePatient = 251, "change_patient", "利用者の変更";
    EndPatient = 252, "end_patient", "利用の終了";
    ReturnPatient = 253, "return_patient", "利用の再開";
    LinkPatients = 254, "link_patients", "利用者の名寄せ";
    ReadPatients = 255, "read_patients", "利用者一覧の閲覧";
    ReadPatient = 256, "read_patient", "利用者カードの閲覧";
    ReadPatientRegister = 257, "read_patient_register", "利用者台帳の閲覧";
    RecordConsent = 260, "record_consent", "同意の登録";
    WithdrawConsent = 261, "withdraw_consent", "同意の撤回";
    ProposeMembership = 270, "propose_membership", "チーム参加の申請";
    ConfirmMembership = 271, "confirm_membership", "チーム参加の確認";
    EndMembership = 272, "end_membership", "チーム参加の終了";
    ReadCareTeam = 273, "read_care_team", "ケアチームの閲覧";
    ChangeMatrix = 280, "change_matrix", "権限表の変更";
    ReadMatrix = 281, "read_matrix", "権限表の閲覧";
    ChangeJobTypes = 282, "change_job_types", "職種表の変更";
    ChangeInfoClasses = 283, "change_info_classes", "情報区分表の変更";
    IssueDeviceCode = 290, "issue_device_code", "端末コードの発行";
    EnrolDevice = 291, "enrol_device", "端末の登録";
    RevokeDevice = 292, "revoke_device", "端末の失効";
    RenewDevice = 293, "renew_device", "端末証明書の更新";
    OpenEnrolment = 294, "open_enrolment", "端末登録口の開放";
    CloseEnrolment = 295, "close_enrolment", "端末登録口の閉鎖";
    ReadDevices = 296, "read_devices", "端末台帳の閲覧";
    ChangeDevice = 297, "change_device", "端末の変更";
    SignRevocationList = 298, "sign_revocation_list", "失効リストの署名";
    CreateRoom = 301, "create_room", "ルームの作成";
    ChangeRoomMembers = 302, "change_room_members", "ルーム参加者の変更";
    CloseRoom = 303, "close_room", "ルームの終了";
    ReopenRoom = 304, "reopen_room", "ルームの再開";
    ReadRooms = 305, "read_rooms", "ルーム一覧の閲覧";
    ReadRoom = 306, "read_room", "ルーム情報の閲覧";
    OpenRoom = 310, "open_room", "ルームの閲覧開始";
    CloseLook = 311, "close_look", "ルームの閲覧終了";
    ReadHistory = 312, "read_history", "過去の投稿の閲覧";
    ReadHome = 313, "read_home", "ホームの閲覧";
    ReadReceipts = 314, "read_receipts", "既読・了解の閲覧";
    ReadDirectory = 315, "read_directory", "職員一覧の閲覧";
    ReadCorrections = 316, "read_corrections", "訂正履歴の閲覧";
    ReadAudience = 317, "read_audience", "見る人の確認";
    ReadHandover = 318, "read_handover", "申し送りの閲覧";
    PostMessage = 320, "post_message", "投稿";
    CorrectMessage = 321, "correct_message", "訂正";
    WithdrawMessage = 322, "withdraw_message", "取消";
    Acknowledge = 323, "acknowledge", "了解";
    TakeOver = 324, "take_over", "引き受け";
    ChangeRequest = 325, "change_request", "お願いの状態変更";
    AnswerQuestion = 326, "answer_question", "質問への回答";
    AnswerUrgent = 327, "answer_urgent", "すぐへの応答";
    RecordTelephone = 328, "record_telephone", "電話結果の記録";
    SaveDraft = 330, "save_draft", "下書きの保存";
    DiscardDraft = 331, "discard_draft", "下書きの破棄";
    ReadDraft = 332, "read_draft", "下書きの閲覧";
    AddAttachment = 340, "add_attachment", "添付の追加";
    ReadAttachment = 341, "read_attachment", "添付の閲覧";
    RemoveOrphan = 342, "remove_orphan", "使われなかった添付の削除";
    ScanAttachment = 343, "scan_attachment", "添付のウイルス検査";
    Lend = 350, "lend", "端末への貸出し";
    OfflineLook = 351, "offline_look", "オフライン閲覧";
    DeliverQueued = 352, "deliver_queued", "送信待ちの配達";
    CopyForRecord = 353, "copy_for_record", "記録への転記";
    RingDevice = 354, "ring_device", "端末の呼び出し";
    LendQueueKey = 355, "lend_queue_key", "送信待ち用の鍵の貸出し";
    ReadLog = 401, "read_log", "アクセスログの閲覧";
    ReadLogEntry = 402, "read_log_entry", "アクセスログ詳細の閲覧";
    ExportLog = 403, "export_log", "アクセスログの書出し";
    VerifyLog = 404, "verify_log", "アクセスログの検証";
    ExportLogProof = 405, "export_log_proof", "アクセスログ(検証用)の書出し";
    ClockStepped = 410, "clock_stepped", "時計のずれ";
    Initialise = 501, "initialise", "初期設定";
    Start = 502, "start", "起動";
    Stop = 503, "stop", "停止";
    ReadSystemState = 504, "read_system_state", "システム状態の閲覧";
    Backup = 505, "backup", "バックアップ";
    Restore = 506, "restore", "復元";
}

/// How an action ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was allowed and done.
    Done,
    /// It was refused.
    Refused,
    /// It was allowed and failed.
    Failed,
}

impl Outcome {
    /// The stored number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 1,
            Self::Refused => 2,
            Self::Failed => 3,
        }
    }

    /// The outcome of a stored number.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Done),
            2 => Some(Self::Refused),
            3 => Some(Self::Failed),
            _ => None,
        }
    }
}

macro_rules! kinds {
    ($(#[$meta:meta])* $name:ident($repr:ty) { $($(#[$variant_meta:meta])* $variant:ident = $code:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            /// Every value, in order of code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored number.
            #[must_use]
            pub const fn code(self) -> $repr {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The value of a stored number.
            #[must_use]
            pub const fn from_code(code: $repr) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

kinds! {
    /// Who acts.
    ActorKind(u8) {
        /// A person in a session.
        Person = 1;
        /// A device without a person: lock screen, enrolment.
        Device = 2;
        /// Somebody at the server's console.
        Operator = 3;
        /// The program itself.
        Job = 4;
        /// Another organization's witness.
        Witness = 5;
    }
}

kinds! {
    /// What the object of an action is.
    ObjectKind(u16) {
        /// Nothing but what the other columns name.
        None = 0;
        /// An organization.
        Organization = 1;
        /// A place.
        Place = 2;
        /// A person.
        Person = 3;
        /// A post.
        Post = 4;
        /// A role.
        Role = 5;
        /// A patient.
        Patient = 6;
        /// A consent.
        Consent = 7;
        /// A membership of a care team.
        Membership = 8;
        /// A device.
        Device = 9;
        /// A session.
        Session = 10;
        /// A passkey.
        Passkey = 11;
        /// A room.
        Room = 12;
        /// A message.
        Message = 13;
        /// An attachment.
        Attachment = 14;
        /// A look.
        Look = 15;
        /// An entry of the access log.
        Entry = 16;
        /// A draft.
        Draft = 17;
    }
}

/// What an action was done to: the clear columns of an entry that name the object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Target {
    /// The patient concerned (対象者).
    pub patient: Option<PatientId>,
    /// The organization that the object belongs to.
    pub organization: Option<OrganizationId>,
    /// The room.
    pub room: Option<RoomId>,
    /// What the object is.
    pub kind: ObjectKind,
    /// The object's id; nil with [`ObjectKind::None`].
    pub object: Uuid,
}

impl Target {
    /// No object.
    pub const NONE: Self =
        Self { patient: None, organization: None, room: None, kind: ObjectKind::None, object: Uuid::nil() };

    /// An object of a kind.
    #[must_use]
    pub const fn object(kind: ObjectKind, object: Uuid) -> Self {
        Self { kind, object, ..Self::NONE }
    }

    /// With the patient concerned.
    #[must_use]
    pub const fn patient(self, patient: Option<PatientId>) -> Self {
        Self { patient, ..self }
    }

    /// With the organization that the object belongs to.
    #[must_use]
    pub const fn organization(self, organization: Option<OrganizationId>) -> Self {
        Self { organization, ..self }
    }

    /// With the room.
    #[must_use]
    pub const fn room(self, room: Option<RoomId>) -> Self {
        Self { room, ..self }
    }
}

/// Who acted: the clear columns of an entry that name the actor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ActorColumns {
    /// Person, device, operator, job or witness.
    pub kind: ActorKind,
    /// The person, or the device, or a nil id.
    pub actor: Uuid,
    /// The post that the session acts under.
    pub post: Option<PostId>,
    /// The actor's organization.
    pub organization: Option<OrganizationId>,
    /// The device.
    pub device: Option<DeviceId>,
    /// The session.
    pub session: Option<SessionId>,
}

impl ActorColumns {
    /// The person who acted, if a person did.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        (self.kind == ActorKind::Person).then(|| PersonId::from_uuid(self.actor))
    }
}

/// What an entry's sealed body says besides its clear columns. Ids, codes and numbers; never names or content.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    /// Where the request came from (接続元).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<IpAddr>,
    /// The serial number of the device's certificate, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// The job type of the post then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_type: Option<i16>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalReason>,
    /// More, by stable key: ranges shown, versions, counts, states, the operator's own reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<String, String>,
}

impl Detail {
    /// With one fact more.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl ToString) -> Self {
        self.more.insert(key.to_owned(), value.to_string());
        self
    }
}

/// An entry before it has its index and time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewEntry {
    /// What was done or tried.
    pub action: Action,
    /// How it ended.
    pub outcome: Outcome,
    /// By whom.
    pub actor: ActorColumns,
    /// To what.
    pub target: Target,
    /// In which request.
    pub request: RequestId,
    /// The sealed body.
    pub detail: Detail,
}

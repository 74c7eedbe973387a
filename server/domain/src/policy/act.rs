//! The table of acts: what can be asked for, what the log calls it, what it demands, what it is done to.

use super::{Act, Rule};
use crate::{
    access::{Action, ObjectKind},
    id::{
        AttachmentId, ConsentId, DeviceId, LookId, MembershipId, MessageId, OrganizationId, PasskeyId,
        PatientId, PersonId, PlaceId, PostId, RoleId, RoomId, SessionId,
    },
    info_class::InfoClassId,
    role::{Role, Scope},
};
use Role::{Audit, StaffAdministration as Staff, SystemAdministration as System};

macro_rules! acts {
    ($( $(#[$meta:meta])* $name:ident { $($field:ident : $type:ty),* } : $rule:expr $(, $kind:ident $object:ident)? ;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name {
            $(#[doc = concat!("The `", stringify!($field), "` of the act.")] pub $field: $type,)*
        }

        impl Act for $name {
            const ACTION: Action = Action::$name;

            fn rule(&self) -> Rule {
                ($rule)(self)
            }

            $(fn object(&self) -> (ObjectKind, uuid::Uuid) {
                (ObjectKind::$kind, self.$object.as_uuid())
            })?
        }
    )+};
}

acts! {
    // Oneself
    /// 復帰: one returns to one's own locked session.
    Return { session: SessionId }: |a: &Self| Rule::OwnSession(a.session), Session session;
    /// ログアウト
    SignOut { session: SessionId }: |a: &Self| Rule::OwnSession(a.session), Session session;
    /// 画面ロック
    Lock { session: SessionId }: |a: &Self| Rule::OwnSession(a.session), Session session;
    /// 再確認: a fresh passkey.
    StepUp { session: SessionId }: |a: &Self| Rule::OwnSession(a.session), Session session;
    /// Another passkey for oneself.
    RegisterPasskey { person: PersonId, passkey: PasskeyId }: |a: &Self| Rule::Own(a.person), Passkey passkey;
    /// One passkey less for oneself.
    RemovePasskey { person: PersonId, passkey: PasskeyId }: |a: &Self| Rule::Own(a.person), Passkey passkey;
    /// Another password for oneself.
    ChangePassword { person: PersonId }: |a: &Self| Rule::Own(a.person), Person person;
    /// Signs oneself out on one device.
    EndSession { person: PersonId, session: SessionId }: |a: &Self| Rule::Own(a.person), Session session;
    /// Signs oneself out everywhere.
    EndSessions { person: PersonId }: |a: &Self| Rule::Own(a.person), Person person;
    /// My page.
    ReadOwnPage { person: PersonId }: |a: &Self| Rule::Own(a.person), Person person;
    /// Who may sign in on this device.
    ReadStartScreen { device: DeviceId }: |a: &Self| Rule::Device(a.device), Device device;

    // The consortium
    /// A new employer joins.
    CreateOrganization { organization: OrganizationId }: |_: &Self| Rule::Administer(Staff, None), Organization organization;
    /// An employer's facts change.
    ChangeOrganization { organization: OrganizationId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Organization organization;
    /// An employer leaves.
    EndOrganization { organization: OrganizationId }: |_: &Self| Rule::Administer(Staff, None), Organization organization;
    /// A new place.
    CreatePlace { organization: OrganizationId, place: PlaceId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Place place;
    /// A place changes.
    ChangePlace { organization: OrganizationId, place: PlaceId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Place place;
    /// A place is given up.
    EndPlace { organization: OrganizationId, place: PlaceId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Place place;
    /// Organizations and places, which everybody may know.
    ReadConsortium {}: |_: &Self| Rule::Common;
    /// A new person.
    CreatePerson { organization: OrganizationId, person: PersonId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Person person;
    /// A person's facts change.
    ChangePerson { organization: OrganizationId, person: PersonId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Person person;
    /// A person is cut off, at once.
    DisablePerson { organization: OrganizationId, person: PersonId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Person person;
    /// A one-time code for the first sign-in.
    IssueEnrolmentCode { organization: OrganizationId, person: PersonId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Person person;
    /// The second person's yes to a one-time code.
    ConfirmEnrolment { organization: OrganizationId, person: PersonId, issuer: PersonId }: |a: &Self| Rule::Confirm(Staff, Some(a.organization), a.issuer), Person person;
    /// A lost passkey or password: everything of the person ends, a new code is issued.
    ResetPerson { organization: OrganizationId, person: PersonId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Person person;
    /// The staff register.
    ReadPeople { organization: OrganizationId }: |a: &Self| Rule::AdministerEither(Staff, System, Some(a.organization)), Organization organization;
    /// A new post.
    CreatePost { organization: OrganizationId, post: PostId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Post post;
    /// A post ends.
    EndPost { organization: OrganizationId, post: PostId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Post post;
    /// The employer's yes to a post that a reset elsewhere suspended.
    ReconfirmPost { organization: OrganizationId, post: PostId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Post post;
    /// A role is given.
    GrantRole { person: PersonId, role: Role, scope: Scope, held: RoleId }: |a: &Self| Rule::GrantRole(a.person, a.role, a.scope), Role held;
    /// A role is taken back.
    EndRole { organization: Option<OrganizationId>, held: RoleId }: |a: &Self| Rule::Administer(Staff, a.organization), Role held;

    // Patients
    /// A patient is registered, with the room.
    CreatePatient { organization: OrganizationId, patient: PatientId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Patient patient;
    /// A patient's register facts change.
    ChangePatient { organization: OrganizationId, patient: PatientId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Patient patient;
    /// Discharge or death.
    EndPatient { organization: OrganizationId, patient: PatientId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Patient patient;
    /// Return.
    ReturnPatient { organization: OrganizationId, patient: PatientId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Patient patient;
    /// Two rows are one human.
    LinkPatients { organization: OrganizationId, patient: PatientId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Patient patient;
    /// My patients in round order.
    ReadPatients {}: |_: &Self| Rule::SignedIn;
    /// A patient's card.
    ReadPatient { patient: PatientId }: |a: &Self| Rule::Patient(a.patient), Patient patient;
    /// The patient register of an organization: identity, never content.
    ReadPatientRegister { organization: OrganizationId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Organization organization;
    /// A consent is recorded.
    RecordConsent { organization: OrganizationId, patient: PatientId, consent: ConsentId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Consent consent;
    /// A consent is withdrawn.
    WithdrawConsent { organization: OrganizationId, patient: PatientId, consent: ConsentId }: |a: &Self| Rule::Administer(Staff, Some(a.organization)), Consent consent;
    /// Somebody is proposed for a care team.
    ProposeMembership { patient: PatientId, membership: MembershipId }: |a: &Self| Rule::ProposeMembership(a.patient), Membership membership;
    /// The second person's yes.
    ConfirmMembership { patient: PatientId, membership: MembershipId, proposer: PersonId }: |a: &Self| Rule::ConfirmMembership(a.patient, a.proposer), Membership membership;
    /// A stay in a care team ends.
    EndMembership { patient: PatientId, membership: MembershipId }: |a: &Self| Rule::EndMembership(a.patient, a.membership), Membership membership;
    /// Who is in the care team.
    ReadCareTeam { patient: PatientId }: |a: &Self| Rule::ProposeMembership(a.patient), Patient patient;
    /// The rights matrix changes (`None`: the consortium's).
    ChangeMatrix { organization: Option<OrganizationId> }: |a: &Self| Rule::Administer(Staff, a.organization);
    /// The rights matrix, which everybody may know.
    ReadMatrix {}: |_: &Self| Rule::SignedIn;
    /// The table of job types changes.
    ChangeJobTypes {}: |_: &Self| Rule::Administer(Staff, None);
    /// The table of information classes changes.
    ChangeInfoClasses {}: |_: &Self| Rule::Administer(Staff, None);

    // Devices
    /// A one-time code against which a device gets its certificate.
    IssueDeviceCode { organization: OrganizationId, device: DeviceId }: |a: &Self| Rule::Administer(System, Some(a.organization)), Device device;
    /// A device is blocked, at once.
    RevokeDevice { organization: OrganizationId, device: DeviceId }: |a: &Self| Rule::AdministerEither(System, Staff, Some(a.organization)), Device device;
    /// A device fetches its certificate against its one-time code.
    EnrolDevice { device: DeviceId }: |a: &Self| Rule::Device(a.device), Device device;
    /// A device renews its own certificate.
    RenewDevice { device: DeviceId }: |a: &Self| Rule::Device(a.device), Device device;
    /// The enrolment door opens for a stated time.
    OpenEnrolment {}: |_: &Self| Rule::Administer(System, None);
    /// The enrolment door closes.
    CloseEnrolment {}: |_: &Self| Rule::Administer(System, None);
    /// The device register.
    ReadDevices { organization: OrganizationId }: |a: &Self| Rule::AdministerEither(System, Staff, Some(a.organization)), Organization organization;
    /// A device moves or changes its kind.
    ChangeDevice { organization: OrganizationId, device: DeviceId }: |a: &Self| Rule::Administer(System, Some(a.organization)), Device device;

    // Rooms
    /// A group room or direct conversation.
    CreateRoom { room: RoomId }: |_: &Self| Rule::SignedIn, Room room;
    /// A group's members change.
    ChangeRoomMembers { room: RoomId }: |a: &Self| Rule::OwnRoom(a.room), Room room;
    /// A group room closes.
    CloseRoom { room: RoomId }: |a: &Self| Rule::OwnRoom(a.room), Room room;
    /// A group room opens again.
    ReopenRoom { room: RoomId }: |a: &Self| Rule::OwnRoom(a.room), Room room;
    /// My rooms: titles and heads, no messages.
    ReadRooms {}: |_: &Self| Rule::SignedIn;
    /// A room's title and members, no messages.
    ReadRoom { room: RoomId }: |a: &Self| Rule::ReadRoom(a.room), Room room;
    /// The look at a room: covers what arrives until it is closed.
    OpenRoom { room: RoomId, look: LookId }: |a: &Self| Rule::ReadRoom(a.room), Look look;
    /// The end of a look, with the last sequence shown.
    CloseLook { session: SessionId, look: LookId }: |a: &Self| Rule::OwnSession(a.session), Look look;
    /// A page of older messages.
    ReadHistory { room: RoomId }: |a: &Self| Rule::ReadRoom(a.room), Room room;
    /// Home: すぐ, 今日返事, 読むだけ.
    ReadHome {}: |_: &Self| Rule::SignedIn;
    /// Who has read and acknowledged a message.
    ReadReceipts { room: RoomId, class: InfoClassId, message: MessageId }: |a: &Self| Rule::ReadClass(a.room, a.class), Message message;
    /// The people directory.
    ReadDirectory {}: |_: &Self| Rule::SignedIn;
    /// A message's earlier versions.
    ReadCorrections { room: RoomId, class: InfoClassId, message: MessageId }: |a: &Self| Rule::ReadClass(a.room, a.class), Message message;
    /// Who will see a post of that class.
    ReadAudience { room: RoomId, class: InfoClassId }: |a: &Self| Rule::WriteRoom(a.room, a.class), Room room;
    /// What was marked 申し送り since my previous shift.
    ReadHandover {}: |_: &Self| Rule::SignedIn;
    /// A post.
    PostMessage { room: RoomId, class: InfoClassId, message: MessageId }: |a: &Self| Rule::WriteRoom(a.room, a.class), Message message;
    /// 訂正
    CorrectMessage { room: RoomId, class: InfoClassId, message: MessageId, author: PersonId }: |a: &Self| Rule::OwnPost(a.room, a.class, a.author), Message message;
    /// 取消
    WithdrawMessage { room: RoomId, class: InfoClassId, message: MessageId, author: PersonId }: |a: &Self| Rule::OwnPost(a.room, a.class, a.author), Message message;
    /// 了解
    Acknowledge { room: RoomId, class: InfoClassId, message: MessageId }: |a: &Self| Rule::ReadClass(a.room, a.class), Message message;
    /// 引き受けた
    TakeOver { room: RoomId, class: InfoClassId, message: MessageId }: |a: &Self| Rule::ReadClass(a.room, a.class), Message message;
    /// A request's state.
    ChangeRequest { room: RoomId, class: InfoClassId, message: MessageId }: |a: &Self| Rule::ReadClass(a.room, a.class), Message message;
    /// The answer to a question.
    AnswerQuestion { room: RoomId, class: InfoClassId, message: MessageId }: |a: &Self| Rule::WriteRoom(a.room, a.class), Message message;
    /// 行きます / 行けません
    AnswerUrgent { room: RoomId, class: InfoClassId, message: MessageId }: |a: &Self| Rule::ReadClass(a.room, a.class), Message message;
    /// What came of the telephone call.
    RecordTelephone { room: RoomId, class: InfoClassId, message: MessageId }: |a: &Self| Rule::ReadClass(a.room, a.class), Message message;
    /// A draft is kept, sealed under its author.
    SaveDraft { room: RoomId }: |a: &Self| Rule::ReadRoom(a.room), Draft room;
    /// A draft goes.
    DiscardDraft { room: RoomId }: |a: &Self| Rule::ReadRoom(a.room), Draft room;
    /// One's own draft.
    ReadDraft { room: RoomId }: |a: &Self| Rule::ReadRoom(a.room), Draft room;
    /// A file comes in, for a post of that class.
    AddAttachment { room: RoomId, class: InfoClassId, attachment: AttachmentId }: |a: &Self| Rule::WriteRoom(a.room, a.class), Attachment attachment;
    /// A file is shown.
    ReadAttachment { room: RoomId, class: InfoClassId, attachment: AttachmentId }: |a: &Self| Rule::ReadClass(a.room, a.class), Attachment attachment;
    /// A copy is lent to the device, until a stated time.
    Lend { room: RoomId }: |a: &Self| Rule::ReadRoom(a.room), Room room;
    /// A look without network, told late.
    OfflineLook { room: RoomId }: |a: &Self| Rule::ReadRoom(a.room), Room room;
    /// A post is copied for the official care record.
    CopyForRecord { room: RoomId, class: InfoClassId, message: MessageId }: |a: &Self| Rule::ReadClass(a.room, a.class), Message message;
    /// A queued item of an absent author arrives from the device.
    DeliverQueued { device: DeviceId }: |a: &Self| Rule::Device(a.device), Device device;
    /// A key with which this session tags what it queues on the device.
    LendQueueKey { session: SessionId }: |a: &Self| Rule::OwnSession(a.session), Session session;
    /// A locked device is rung for すぐ at its place.
    RingDevice { device: DeviceId }: |a: &Self| Rule::Device(a.device), Device device;

    // The log
    /// A page of the access log.
    ReadLog { organization: Option<OrganizationId> }: |a: &Self| Rule::Administer(Audit, a.organization);
    /// One entry with its sealed body.
    ReadLogEntry { organization: Option<OrganizationId> }: |a: &Self| Rule::Administer(Audit, a.organization);
    /// A period leaves the house.
    ExportLog { organization: Option<OrganizationId> }: |a: &Self| Rule::Administer(Audit, a.organization);
    /// A period leaves the house in the provable form: sealed bodies and ids of all organizations, no name.
    ExportLogProof {}: |_: &Self| Rule::AdministerEither(System, Audit, None);
    /// The whole log is checked.
    VerifyLog {}: |_: &Self| Rule::AdministerEither(System, Audit, None);
    /// The server's state, as `tasuki check` tells it.
    ReadSystemState {}: |_: &Self| Rule::Administer(System, None);

    // The console and the program
    /// The consortium is set up.
    Initialise {}: |_: &Self| Rule::Operator;
    /// A backup is taken.
    Backup {}: |_: &Self| Rule::Operator;
    /// A backup is restored.
    Restore {}: |_: &Self| Rule::Operator;
    /// The service starts.
    Start {}: |_: &Self| Rule::Job;
    /// The service stops.
    Stop {}: |_: &Self| Rule::Job;
    /// A session ran out.
    SessionExpired { session: SessionId }: |_: &Self| Rule::Job, Session session;
    /// The list of revoked certificates is signed anew, and superseded keys are retired.
    SignRevocationList {}: |_: &Self| Rule::Job;
    /// A file that no message adopted goes.
    RemoveOrphan { attachment: AttachmentId }: |_: &Self| Rule::Job, Attachment attachment;
    /// A held file goes through the virus scanner.
    ScanAttachment { attachment: AttachmentId }: |_: &Self| Rule::Job, Attachment attachment;
    /// The clock jumped.
    ClockStepped {}: |_: &Self| Rule::Job;
}

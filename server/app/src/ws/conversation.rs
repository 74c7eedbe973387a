//! ws: one conversation between a client and the house, whichever way its frames travel.

use super::{
    answer, encode,
    flood::{Allowance, Verdict},
};
use crate::{
    http::{Problem, RequestFacts},
    hub::{Connection, Delivery, Listener, Live, MOST_OPEN_ROOMS, Ring},
    usecase::{
        Services, UseCaseError,
        live::{
            queue,
            room::{self as live_room, LivePage, LiveRoom},
        },
    },
    wire::frame::{
        self, ClientFrame, FaultKind, FrameFault, FrameId, ServerFrame, SessionPhase, parse_client_frame,
    },
};
use axum::http::StatusCode;
use bytes::Bytes;
use futures::future::BoxFuture;
use std::{collections::HashMap, sync::Arc, time::Instant};
use tasuki_domain::{
    id::{MessageId, RequestId, RoomId},
    message_view::{MessageView, Words},
    policy::{Actor, Caller, RefusalReason},
    session::{LiveSession, SessionState},
    time::{SECOND, Timestamp},
};
use uuid::Uuid;

/// Requests of one connection that may wait for their answers; further ones are read later.
pub const MOST_IN_FLIGHT: usize = 16;

/// Microseconds in which one person's typing in one room is passed on once.
const TYPING_EVERY: i64 = 2 * SECOND;

/// About how many bytes one page frame may have.
const PAGE_BYTES: usize = 64 * 1024;

/// Rooms that a client may ask about in one `hello`.
const MOST_SEEN: usize = 500;

/// Who opens a connection.
pub enum Opening {
    /// A person, whose session may be locked.
    Session(Arc<LiveSession>),
    /// A device on which nobody is signed in.
    Device,
}

/// What becomes of a client's frame.
pub enum Outcome {
    /// Frames to send now.
    Frames(Vec<Bytes>),
    /// Frames that come when the request is done; others may overtake it.
    Later(BoxFuture<'static, Vec<Bytes>>),
    /// The connection ends, with a WebSocket close code and its word.
    End(u16, &'static str),
}

/// One conversation.
pub struct Conversation {
    services: Services,
    facts: RequestFacts,
    connection: Connection,
    allowance: Allowance,
    rooms: HashMap<RoomId, LiveRoom>,
    typed: HashMap<RoomId, Timestamp>,
    calls: Vec<MessageId>,
}

impl Conversation {
    /// Takes a connection in.
    #[must_use]
    pub fn open(services: Services, facts: RequestFacts, opening: Opening) -> Self {
        let rate = &services.config.limits.rate;
        let (per_second, burst, listener) = match opening {
            Opening::Session(session) => {
                (rate.person_per_second.get(), rate.person_burst.get(), Listener::Session(session))
            }
            Opening::Device => {
                let device = facts.device.device;
                let listener = Listener::Device { device, organization: facts.device.organization };
                (rate.device_per_second.get(), rate.device_burst.get(), listener)
            }
        };
        let allowance = Allowance::new(per_second, burst, Instant::now());
        let connection = services.hub.connect(listener);
        let (rooms, typed, calls) = (HashMap::new(), HashMap::new(), Vec::new());
        Self { services, facts, connection, allowance, rooms, typed, calls }
    }

    /// What waits for this connection.
    #[must_use]
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Hears one frame.
    pub async fn hear(&mut self, bytes: &[u8]) -> Outcome {
        let now = Instant::now();
        match self.allowed(now) {
            Verdict::Heard => {}
            Verdict::Wait(seconds) => {
                let problem = Problem::refused(RefusalReason::Rate).retry_after(seconds);
                return Outcome::Frames(vec![error(None, &problem)]);
            }
            Verdict::Enough => return Outcome::End(4429, "too many frames"),
        }
        match parse_client_frame(bytes) {
            Ok(frame) => self.answer(frame).await,
            Err(_) if self.allowance.malformed(now) => Outcome::End(4400, "senseless frames"),
            Err(fault) => Outcome::Frames(vec![malformed(&fault)]),
        }
    }

    /// Asks the connection's own allowance, then those that the device, its organization and the person have for
    /// everything they do.
    fn allowed(&mut self, now: Instant) -> Verdict {
        let own = self.allowance.frame(now);
        if own != Verdict::Heard {
            return own;
        }
        let (limiter, at) = (&self.services.limiter, self.services.now());
        let device = limiter.device(self.facts.device.device, self.facts.device.organization, at);
        let session = self.connection.mailbox().listener().session();
        let person = session.map_or(Ok(()), |session| limiter.person(session.person, at));
        match device.and(person) {
            Ok(()) => self.allowance.heard(),
            Err(_) => self.allowance.wait(),
        }
    }

    async fn answer(&mut self, frame: ClientFrame) -> Outcome {
        let id = frame.id();
        let needs_person =
            !matches!(frame, ClientFrame::Hello(_) | ClientFrame::Ping(_) | ClientFrame::DeliverQueued(_));
        if needs_person && let Err(problem) = self.person_is_here(&frame) {
            return Outcome::Frames(vec![error(id, &problem)]);
        }
        let caller = self.caller();
        match frame {
            ClientFrame::Hello(hello) => self.frames(id, self.welcome(&caller, hello).await),
            ClientFrame::OpenRoom(open) => {
                let opened = self.open_room(&caller, open).await;
                self.frames(id, opened)
            }
            ClientFrame::CloseRoom(close) => {
                let closed = self.close_room(&caller, &close).await;
                self.frames(id, closed)
            }
            ClientFrame::MarkRead(mark) => self.frames(id, self.mark_read(&mark)),
            ClientFrame::Typing(typing) => {
                self.typing(typing.room);
                Outcome::Frames(Vec::new())
            }
            ClientFrame::Activity(_) => Outcome::Frames(Vec::new()),
            ClientFrame::Ping(ping) => {
                let pong = frame::Pong { id: ping.id, at: self.services.now() };
                Outcome::Frames(vec![ServerFrame::from(pong).bytes()])
            }
            command => {
                let mut device = self.facts.clone();
                device.request = caller.request;
                let device = (device.device_caller(), device.device.device);
                Outcome::Later(answer::command(self.services.clone(), caller, device, command))
            }
        }
    }

    /// What is done by a person needs a live session, and is activity; a read mark is made by the screen itself.
    fn person_is_here(&self, frame: &ClientFrame) -> Result<(), Problem> {
        let now = self.services.now();
        let session = self.connection.mailbox().listener().session();
        let session = session.ok_or_else(|| Problem::refused(RefusalReason::Session))?;
        match session.state(now) {
            SessionState::Live if matches!(frame, ClientFrame::MarkRead(_)) => Ok(()),
            SessionState::Live => {
                session.touch(now);
                Ok(())
            }
            SessionState::Locked => Err(Problem::refused(RefusalReason::Locked)),
            SessionState::Expired | SessionState::Ended => Err(Problem::refused(RefusalReason::Session)),
        }
    }

    /// The caller of one frame: every frame is a request of its own in the log.
    fn caller(&self) -> Caller {
        let mut facts = self.facts.clone();
        facts.request = RequestId::from_uuid(Uuid::new_v4());
        match self.connection.mailbox().listener() {
            Listener::Session(session) => facts.caller(Actor::Person(session.clone())),
            Listener::Device { .. } => facts.device_caller(),
        }
    }

    fn frames(&self, id: Option<FrameId>, answer: Result<Vec<ServerFrame>, UseCaseError>) -> Outcome {
        Outcome::Frames(match answer {
            Ok(frames) => frames.iter().map(ServerFrame::bytes).collect(),
            Err(problem) => vec![error(id, &problem.into())],
        })
    }

    async fn welcome(&self, caller: &Caller, hello: frame::Hello) -> Result<Vec<ServerFrame>, UseCaseError> {
        let now = self.services.now();
        let listener = self.connection.mailbox().listener();
        let session = listener.session().map(|session| frame::SessionFacts {
            session: session.session,
            person: session.person,
            post: session.post,
            organization: session.organization,
            state: phase(session.state(now)),
            expires_at: session.expires_at,
            idle: session.idle,
        });
        let limits = &self.services.config.limits;
        let welcome = frame::Welcome {
            id: hello.id,
            protocol: frame::PROTOCOL.into(),
            at: now,
            device: listener.device(),
            session,
            log: answer::log_head(&self.services).await?,
            limits: frame::SocketLimits {
                frame_bytes: limits.frame_bytes.get(),
                frames_per_second: limits.rate.person_per_second.get(),
                open_rooms: MOST_OPEN_ROOMS as u64,
                in_flight: MOST_IN_FLIGHT as u64,
            },
        };
        let mut frames = vec![welcome.into()];
        let live = listener.session().is_some_and(|session| session.state(now) == SessionState::Live);
        if live {
            let seen = hello.rooms.into_iter().take(MOST_SEEN).map(|seen| (seen.room, seen.cursor)).collect();
            let moved = live_room::moved(&self.services, caller, seen).await?;
            frames.extend(moved.into_iter().map(|(moved, urgency)| {
                ServerFrame::from(frame::Head { room: moved.room, cursor: moved.cursor, urgency })
            }));
            let settled = queue::recent(&self.services, caller).await?;
            frames.extend(settled.into_iter().map(|item| answer::delivered(None, item.item, item.outcome)));
        }
        Ok(frames)
    }

    async fn open_room(
        &mut self,
        caller: &Caller,
        open: frame::OpenRoom,
    ) -> Result<Vec<ServerFrame>, UseCaseError> {
        let room = open.room;
        if let Some(before) = self.rooms.remove(&room) {
            live_room::drop_room(&self.services, (self.connection.mailbox(), before)).await?;
        }
        let at = (self.connection.mailbox(), room);
        let (opened, present) = live_room::open(&self.services, caller, at, open.after.as_deref()).await?;
        self.rooms.insert(room, opened);
        Ok(vec![frame::Opened { id: open.id, room, present }.into()])
    }

    async fn close_room(
        &mut self,
        caller: &Caller,
        close: &frame::CloseRoom,
    ) -> Result<Vec<ServerFrame>, UseCaseError> {
        if let Some(room) = self.rooms.remove(&close.room) {
            live_room::close(&self.services, caller, (self.connection.mailbox(), room)).await?;
        }
        Ok(vec![frame::Done { id: close.id }.into()])
    }

    fn mark_read(&self, mark: &frame::MarkRead) -> Result<Vec<ServerFrame>, UseCaseError> {
        let room = self.rooms.get(&mark.room).ok_or(UseCaseError::Missing)?;
        live_room::mark_read(&self.services, room, &mark.cursor)?;
        Ok(vec![frame::Done { id: mark.id }.into()])
    }

    fn typing(&mut self, room: RoomId) {
        let now = self.services.now();
        let fresh = self.typed.get(&room).is_none_or(|last| now.since(*last) >= TYPING_EVERY);
        if fresh && self.rooms.contains_key(&room) {
            self.typed.insert(room, now);
            self.services.hub.typing(self.connection.mailbox(), room);
        }
    }

    /// Turns what waited into frames. What is rare is boxed: the room for it would lie idle in every connection.
    pub async fn tell(&mut self, deliveries: Vec<Delivery>) -> Vec<Bytes> {
        let mut frames = Vec::with_capacity(deliveries.len() + 1);
        let mut moved: Vec<RoomId> = Vec::new();
        for delivery in deliveries {
            match delivery {
                Delivery::Live(live) => {
                    if let Some(bytes) = self.live(&live).await {
                        frames.push(bytes);
                        let room = live.event().room;
                        if live.position().is_some() && !moved.contains(&room) {
                            moved.push(room);
                        }
                    }
                }
                Delivery::Lagging(room) => {
                    if let Some(open) = self.rooms.get_mut(&room) {
                        open.fall_behind();
                    }
                }
                Delivery::Closed(room) => {
                    frames.extend(Box::pin(self.closed(room, frame::CloseReason::RightEnded)).await)
                }
                Delivery::Locked => {
                    Box::pin(self.drop_rooms()).await;
                    frames.push(ServerFrame::from(frame::Session { state: SessionPhase::Locked }).bytes());
                }
                Delivery::Ring(ring) => frames.extend(Box::pin(self.ring(&ring)).await),
                other => frames.extend(self.small(other).map(|frame| frame.bytes())),
            }
        }
        let reached = moved.into_iter().filter_map(|room| self.rooms.get(&room));
        frames.extend(reached.map(|room| {
            ServerFrame::from(frame::Reached { room: room.room(), cursor: room.cursor() }).bytes()
        }));
        frames
    }

    async fn live(&mut self, live: &Live) -> Option<Bytes> {
        let services = self.services.clone();
        let room = self.rooms.get_mut(&live.event().room)?;
        if let Some(position) = live.position() {
            if live.view().is_none() {
                room.fall_behind();
            }
            if !room.shows(position) {
                return None;
            }
        }
        if encode::needs_words(live) {
            // Words change seldom; each reader's are read under the reader's own look.
            let reading = Box::pin(live_room::message_now(&services, room, live.event().sequence));
            let now = reading.await.ok().flatten();
            return encode::changed(live, now.as_ref());
        }
        encode::live(live, room.classes(&services))
    }

    fn small(&self, delivery: Delivery) -> Option<ServerFrame> {
        let open = |room: &RoomId| self.rooms.contains_key(room);
        match delivery {
            Delivery::Head(room, head) => {
                let caller = self.caller();
                let cursor = live_room::head_cursor(&self.services, &caller, room, head.position)?;
                Some(frame::Head { room, cursor, urgency: head.urgency }.into())
            }
            Delivery::Presence { room, person, present } if open(&room) => {
                Some(frame::Presence { room, person, present }.into())
            }
            Delivery::Typing { room, person } if open(&room) => {
                Some(frame::TypingNow { room, person }.into())
            }
            Delivery::Read(room, readers) if open(&room) => {
                let reader =
                    |(person, message): &(_, _)| frame::Reader { person: *person, message: *message };
                Some(frame::Read { room, readers: readers.iter().map(reader).collect() }.into())
            }
            Delivery::Queued { item, outcome } => Some(answer::delivered(None, item, outcome)),
            Delivery::LogHead(head) => {
                let origin = self.services.store.origin().to_owned();
                let log = frame::LogHead { origin, size: head.size, checkpoint: Some(head.note.clone()) };
                Some(frame::Checkpoint { log }.into())
            }
            Delivery::Unlocked => Some(frame::Session { state: SessionPhase::Live }.into()),
            _ => None,
        }
    }

    /// The own screen is told which post rings; a device without content only that it rings at its place.
    async fn ring(&mut self, ring: &Ring) -> Option<Bytes> {
        let now = self.services.now();
        let own = self
            .connection
            .mailbox()
            .listener()
            .session()
            .is_some_and(|session| session.post == ring.post && session.state(now) == SessionState::Live);
        if own {
            let Ring { room, message, state, .. } = *ring;
            return Some(ServerFrame::from(frame::Urgent { room, message, state }).bytes());
        }
        if ring.state.rings() && answer::record_ring(&self.services, &self.facts).await.is_err() {
            return None;
        }
        let known = self.calls.iter().position(|call| *call == ring.message);
        let call = known.unwrap_or_else(|| {
            self.calls.push(ring.message);
            self.calls.len() - 1
        });
        let call = u64::try_from(call).unwrap_or(u64::MAX);
        Some(ServerFrame::from(frame::Ring { call, place: ring.place, rings: ring.state.rings() }).bytes())
    }

    /// Whether missed messages wait to be read with [`Conversation::read_on`].
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.rooms.values().any(LiveRoom::is_behind)
    }

    /// Reads the next page of one room in which messages were missed.
    pub async fn read_on(&mut self) -> Vec<Bytes> {
        let services = self.services.clone();
        let Some(room) = self.rooms.values_mut().find(|room| room.is_behind()) else { return Vec::new() };
        match live_room::read_on(&services, room).await {
            Ok(page) => pages(room, &page),
            Err(problem) => {
                tracing::error!(error = ?problem, "A room could not be read on");
                let room = room.room();
                self.closed(room, frame::CloseReason::Failed).await
            }
        }
    }

    async fn closed(&mut self, room: RoomId, reason: frame::CloseReason) -> Vec<Bytes> {
        // One that is not open leaves the lists.
        if let Some(open) = self.rooms.remove(&room) {
            self.drop_room(open).await;
        }
        vec![ServerFrame::from(frame::RoomClosed { room, reason }).bytes()]
    }

    async fn drop_rooms(&mut self) {
        for open in std::mem::take(&mut self.rooms).into_values() {
            self.drop_room(open).await;
        }
    }

    async fn drop_room(&self, open: LiveRoom) {
        if let Err(problem) = live_room::drop_room(&self.services, (self.connection.mailbox(), open)).await {
            tracing::error!(error = ?problem, "The end of a look could not be recorded");
        }
    }

    /// Ends every look; call it last.
    pub async fn end(mut self) {
        self.drop_rooms().await;
    }
}

/// What was read as frames of a bearable size; at least one, so that the client knows where it stands.
fn pages(room: &LiveRoom, page: &LivePage) -> Vec<Bytes> {
    let mut frames = Vec::new();
    let mut rest = page.messages.as_slice();
    loop {
        let mut bytes = 0;
        let fits = |view: &&MessageView| {
            let before = bytes;
            bytes += weight(view);
            before == 0 || bytes <= PAGE_BYTES
        };
        let (now, later) = rest.split_at(rest.iter().take_while(fits).count());
        let cursor = now.last().map_or_else(|| room.cursor(), |last| room.cursor_of(last.sequence));
        let messages = now.iter().map(|view| frame::MessageBody::of(view, true)).collect();
        let more = page.more || !later.is_empty();
        let read = page.read.filter(|read| now.iter().any(|view| view.message == *read));
        frames
            .push(ServerFrame::from(frame::Page { room: room.room(), messages, cursor, more, read }).bytes());
        if later.is_empty() {
            return frames;
        }
        rest = later;
    }
}

/// About how many bytes a message takes in a frame.
fn weight(view: &MessageView) -> usize {
    let words = match &view.words {
        Words::Original(body) | Words::Corrected { body, .. } => body.as_str().len(),
        Words::Withdrawn { reason, .. } => reason.as_str().len(),
    };
    1_024 + words + 400 * view.acknowledged.len()
}

const fn phase(state: SessionState) -> SessionPhase {
    match state {
        SessionState::Live => SessionPhase::Live,
        SessionState::Locked | SessionState::Expired | SessionState::Ended => SessionPhase::Locked,
    }
}

/// An error frame.
pub(super) fn error(id: Option<FrameId>, problem: &Problem) -> Bytes {
    ServerFrame::from(frame::Error { id, problem: problem.document().clone() }).bytes()
}

fn malformed(fault: &FrameFault) -> Bytes {
    let problem = |code: &'static str, japanese: &'static str, english: &'static str| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, japanese, english)
    };
    let problem = match &fault.kind {
        FaultKind::NotAFrame => problem(
            "frame.json",
            "送られた内容を読み取れませんでした。",
            "This is not a JSON object with a type.",
        ),
        FaultKind::UnknownType => {
            problem("frame.type", "知らない種類の要求です。", "No frame has this type.")
        }
        FaultKind::Form(field) => {
            let sentence = "送られた内容の形が正しくありません。";
            problem("frame.form", sentence, "The frame does not have the expected form.").field(field.clone())
        }
    };
    error(fault.id, &problem)
}

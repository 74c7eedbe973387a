//! Home: すぐ, 今日返事, 読むだけ, for me; and what waits in each of my rooms. One entry names what was shown.

use crate::usecase::{Services, UseCaseError};
use std::collections::{HashMap, HashSet};
use tasuki_domain::{
    access::Detail,
    id::{MessageId, PatientId, RoomId},
    message_view::MessageView,
    policy::{Caller, ReadHome},
    time::{HOUR, Timestamp},
};
use tasuki_store::table::{
    home::{Owed, OwnCall, Reader, Unread},
    patient::{self, PatientHeader},
};

/// A night is worked through, and midnight is its middle: what falls due within this counts as today, in microseconds.
const SHIFT: i64 = 12 * HOUR;

/// The most messages of one list.
const MOST_SHOWN: usize = 30;

/// What waits in a room, computed from what the reader may see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HomeRoom {
    /// The room.
    pub room: RoomId,
    /// Its patient.
    pub patient: Option<PatientId>,
    /// Unread messages; 100 stands for that many or more.
    pub unread: usize,
    /// Messages that ask something of the reader.
    pub owed: usize,
    /// Whether an urgent call that concerns the reader is not settled.
    pub urgent: bool,
}

/// Home.
#[derive(Clone, Debug)]
pub struct Home {
    /// すぐ: unsettled calls that ring me or that I made, oldest first.
    pub urgent: Vec<MessageView>,
    /// 今日返事: what I owe by the end of today in Tokyo or within 12 hours, what is overdue, and questions;
    /// soonest first.
    pub today: Vec<MessageView>,
    /// 読むだけ: unread and in neither of the others, newest first.
    pub to_read: Vec<MessageView>,
    /// Rooms in which anything waits.
    pub rooms: Vec<HomeRoom>,
    /// The patients of everything shown.
    pub patients: Vec<PatientHeader>,
}

/// Reads my home.
///
/// # Errors
/// A refusal, or the store failed.
pub async fn read_home(services: &Services, caller: &Caller) -> Result<Home, UseCaseError> {
    let grant = services.store.decide(caller, ReadHome {}).await?;
    let store = &services.store;
    let reader = Reader::of(store, caller).ok_or(UseCaseError::Missing)?;
    let (calls, owed, unread) =
        (store.own_calls(&reader).await?, store.owed(&reader).await?, store.unread(&reader).await?);
    let lists = Lists::choose(&calls, &owed, &unread, end_of_today_or_shift(services.now()));
    let shown = lists.all();
    let rooms = rooms(services, &calls, &owed, &unread);
    let patients: Vec<PatientId> = {
        let mut patients: Vec<PatientId> = rooms.iter().filter_map(|room| room.patient).collect();
        patients.sort_unstable();
        patients.dedup();
        patients
    };
    let detail = Detail::default().with("messages", listed(&shown)).with("patients", listed(&patients));
    let look = store.reveal(grant, detail).await?;
    let mut opened = store.messages_named(&look, &shown).await?;
    let patients = patient::headers(store, &look, &patients).await?;
    let mut take = |ids: &[MessageId]| ids.iter().filter_map(|id| opened.remove(id)).collect();
    Ok(Home {
        urgent: take(&lists.urgent),
        today: take(&lists.today),
        to_read: take(&lists.to_read),
        rooms,
        patients,
    })
}

/// Ids for the log.
pub(super) fn listed<T: ToString>(ids: &[T]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn end_of_today_or_shift(now: Timestamp) -> Timestamp {
    let tomorrow = now.tokyo_date().tomorrow().ok();
    tomorrow.and_then(Timestamp::tokyo_midnight).unwrap_or(Timestamp::OPEN_END).max(now.plus(SHIFT))
}

struct Lists {
    urgent: Vec<MessageId>,
    today: Vec<MessageId>,
    to_read: Vec<MessageId>,
}

impl Lists {
    fn choose(calls: &[OwnCall], owed: &[Owed], unread: &[Unread], until: Timestamp) -> Self {
        let mut seen: HashSet<MessageId> = HashSet::new();
        let mut pick = |messages: &mut dyn Iterator<Item = MessageId>| -> Vec<MessageId> {
            messages.filter(|message| seen.insert(*message)).take(MOST_SHOWN).collect()
        };
        let urgent = pick(&mut calls.iter().map(|call| call.message));
        let dated = owed.iter().filter(|owed| owed.due < until || owed.due == Timestamp::OPEN_END);
        let today = pick(&mut dated.map(|owed| owed.message));
        // A few of each room, so that one lively room does not hide the others.
        let deepest = unread.iter().map(|room| room.messages.len()).max().unwrap_or(0);
        let by_turns = (0..deepest)
            .flat_map(|turn| unread.iter().filter_map(move |room| room.messages.get(turn).copied()));
        let to_read = pick(&mut by_turns.into_iter());
        Self { urgent, today, to_read }
    }

    fn all(&self) -> Vec<MessageId> {
        [&self.urgent, &self.today, &self.to_read].into_iter().flatten().copied().collect()
    }
}

fn rooms(services: &Services, calls: &[OwnCall], owed: &[Owed], unread: &[Unread]) -> Vec<HomeRoom> {
    let facts = services.store.facts();
    let mut rooms: HashMap<RoomId, HomeRoom> = HashMap::new();
    let mut of = |room: RoomId, change: &dyn Fn(&mut HomeRoom)| {
        let patient = facts.room(room).and_then(|fact| fact.patient);
        change(rooms.entry(room).or_insert(HomeRoom { room, patient, unread: 0, owed: 0, urgent: false }));
    };
    calls.iter().for_each(|call| of(call.room, &|room| room.urgent = true));
    owed.iter().for_each(|owed| of(owed.room, &|room| room.owed += 1));
    unread.iter().for_each(|unread| of(unread.room, &|room| room.unread = unread.messages.len()));
    let mut rooms: Vec<HomeRoom> = rooms.into_values().collect();
    rooms.sort_unstable_by_key(|room| (!room.urgent, room.owed == 0, room.room));
    rooms
}

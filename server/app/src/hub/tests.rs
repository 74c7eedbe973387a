//! The order in which a room is told, whatever the order of its callers.

use super::{Delivery, Ending, Hub, Listener, Mailbox, Tells, lock};
use crate::usecase::rooms::tests::house::{House, Somebody, houses};
use std::sync::Arc;
use tasuki_domain::{
    id::{LookId, MessageId, PersonId},
    info_class::InfoClassId,
    job_type::JobTypeId,
    message_view::{RoomEvent, RoomEventKind},
    policy::OpenRoom,
};
use uuid::Uuid;

struct Room {
    house: House,
    hub: Hub,
    connection: super::Connection,
    who: Somebody,
}

async fn room(capacity: usize) -> Room {
    let house = houses().await.into_iter().next().unwrap();
    let who = house.somebody(house.home, JobTypeId::CARE_WORKER, "介護 太郎").await;
    let hub = Hub::new(house.services.store.clone(), capacity);
    let connection = hub.connect(Listener::Session(who.session.clone()));
    let act = OpenRoom { room: house.room, look: LookId::from_uuid(Uuid::new_v4()) };
    let grant = house.store().decide(&who.caller, act).await.unwrap();
    let look = house.store().open_look(grant).await.unwrap();
    assert_eq!(hub.join(connection.mailbox(), &look), Ok(vec![who.person]));
    Room { house, hub, connection, who }
}

impl Room {
    fn posted(&self, position: i64) -> RoomEvent {
        self.of_class(position, InfoClassId::GENERAL)
    }

    fn of_class(&self, position: i64, class: InfoClassId) -> RoomEvent {
        let message = MessageId::from_uuid(Uuid::from_u128(position.unsigned_abs().into()));
        let kind = RoomEventKind::Posted { message, rings: Vec::new() };
        RoomEvent { room: self.house.room, class: Some(class), sequence: position, kind }
    }

    fn tell(&self, event: &impl Tells) {
        self.hub.tell(event);
    }

    fn told(&self) -> Vec<i64> {
        told(self.connection.mailbox())
    }
}

fn told(mailbox: &Arc<Mailbox>) -> Vec<i64> {
    let position = |delivery: Delivery| match delivery {
        Delivery::Live(live) => live.position(),
        Delivery::Lagging(_) => Some(-1),
        _ => None,
    };
    mailbox.take().into_iter().filter_map(position).collect()
}

#[tokio::test]
async fn posts_are_told_in_order_once_and_not_before_the_reader_has_read() {
    let room = room(64).await;
    for position in [7, 5, 4] {
        room.tell(&room.posted(position));
    }
    assert_eq!(room.told(), Vec::<i64>::new(), "nobody knows yet where the order begins");
    room.hub.begin(room.house.room, 4);
    assert_eq!(room.told(), [5]);
    for position in [6, 9, 5, 8, 7] {
        room.tell(&room.posted(position));
    }
    assert_eq!(room.told(), [6, 7, 8, 9]);
}

#[tokio::test]
async fn what_happens_to_a_post_is_told_after_the_post() {
    let room = room(64).await;
    room.hub.begin(room.house.room, 1);
    room.tell(&room.posted(3));
    let withdrawn = RoomEvent {
        kind: RoomEventKind::Withdrawn { message: MessageId::from_uuid(Uuid::from_u128(3)) },
        ..room.posted(3)
    };
    room.tell(&withdrawn);
    assert!(room.connection.mailbox().take().is_empty());
    room.tell(&room.posted(2));
    let kinds: Vec<bool> = room
        .connection
        .mailbox()
        .take()
        .iter()
        .map(|delivery| matches!(delivery, Delivery::Live(live) if live.position().is_none()))
        .collect();
    assert_eq!(kinds, [false, false, true]);
}

#[tokio::test]
async fn a_post_that_never_comes_is_read_from_the_store() {
    let room = room(64).await;
    room.hub.begin(room.house.room, 1);
    room.tell(&room.posted(3));
    let open = room.hub.open_room(room.house.room).unwrap();
    lock(&open).mend();
    assert_eq!(room.told(), Vec::<i64>::new(), "it may still come");
    lock(&open).mend();
    assert_eq!(room.told(), [-1]);
    room.tell(&room.posted(2));
    room.tell(&room.posted(4));
    assert_eq!(room.told(), [4]);
    room.hub.moved(room.house.room, 9);
    assert_eq!(room.told(), [-1], "another instance wrote it");
    room.hub.moved(room.house.room, 9);
    assert_eq!(room.told(), Vec::<i64>::new());
}

#[tokio::test]
async fn a_full_box_ends_the_connection_and_costs_no_memory_any_more() {
    let room = room(16).await;
    room.hub.begin(room.house.room, 0);
    for position in 1..=17 {
        room.tell(&room.posted(position));
    }
    assert_eq!(room.connection.mailbox().ending(), Some(Ending::Slow));
    assert!(room.connection.mailbox().take().is_empty());
    assert_eq!(room.connection.mailbox().ended().await, Ending::Slow);
}

#[tokio::test]
async fn another_sessions_look_opens_nothing_live() {
    let room = room(16).await;
    let other = room.house.somebody(room.house.visiting, JobTypeId::NURSE, "看護 花子").await;
    let thief = room.hub.connect(Listener::Session(other.session.clone()));
    let act = OpenRoom { room: room.house.room, look: LookId::from_uuid(Uuid::new_v4()) };
    let grant = room.house.store().decide(&room.who.caller, act).await.unwrap();
    let look = room.house.store().reveal(grant, tasuki_domain::access::Detail::default()).await.unwrap();
    assert_eq!(room.hub.join(thief.mailbox(), &look), Err(super::NotJoined::NoRight));
}

#[tokio::test]
async fn readers_are_told_up_to_the_newest_post_that_both_may_see() {
    let room = room(64).await;
    room.hub.begin(room.house.room, 0);
    room.tell(&room.posted(1));
    room.tell(&room.of_class(2, InfoClassId::SENSITIVE));
    assert_eq!(room.told(), [1]);
    let reader = PersonId::from_uuid(Uuid::new_v4());
    for sequence in [2, 1] {
        let kind = RoomEventKind::Read { person: reader };
        room.tell(&RoomEvent { room: room.house.room, class: None, sequence, kind });
    }
    let open = room.hub.open_room(room.house.room).unwrap();
    lock(&open).tell_marks();
    let read: Vec<_> = room
        .connection
        .mailbox()
        .take()
        .into_iter()
        .filter_map(|delivery| match delivery {
            Delivery::Read(_, readers) => Some(readers.to_vec()),
            _ => None,
        })
        .collect();
    assert_eq!(read, [vec![(reader, MessageId::from_uuid(Uuid::from_u128(1)))]]);
}

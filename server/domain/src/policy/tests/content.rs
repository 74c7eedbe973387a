//! Nobody reads outside care team × consent × matrix, and who administers never reads.

use super::world::*;
use crate::{
    access::Action,
    id::*,
    info_class::InfoClassId,
    policy::*,
    role::{HeldRole, Role, Scope},
    time::{Interval, Timestamp},
};
use proptest::{prelude::*, test_runner::TestRunner};
use std::{cell::Cell, collections::BTreeSet};

/// What an act of content is decided to be.
type Verdict = (Action, Result<(), RefusalReason>);

/// Every act that shows or makes content of a room, or shows a patient, as decided for the caller. `author` is said to
/// have written what is corrected.
fn every_content_act(facts: &Facts, caller: &Caller, room: RoomId, author: PersonId) -> Vec<Verdict> {
    let class = InfoClassId::SAFETY;
    let (message, attachment) = (id(MessageId::from_uuid, 0), id(AttachmentId::from_uuid, 0));
    let look = id(LookId::from_uuid, 0);
    let patient = facts.room(room).and_then(|fact| fact.patient).unwrap_or(id(PatientId::from_uuid, 77));
    macro_rules! verdicts {
        ($($act:expr),+ $(,)?) => { vec![$(verdict(facts, caller, $act)),+] };
    }
    verdicts![
        ReadPatient { patient },
        OpenRoom { room, look },
        ReadHistory { room },
        ReadReceipts { room, class, message },
        ReadCorrections { room, class, message },
        ReadAudience { room, class },
        PostMessage { room, class, message },
        CorrectMessage { room, class, message, author },
        WithdrawMessage { room, class, message, author },
        Acknowledge { room, class, message },
        TakeOver { room, class, message },
        ChangeRequest { room, class, message },
        AnswerQuestion { room, class, message },
        AnswerUrgent { room, class, message },
        RecordTelephone { room, class, message },
        SaveDraft { room },
        DiscardDraft { room },
        ReadDraft { room },
        AddAttachment { room, class, attachment },
        ReadAttachment { room, class, attachment },
        Lend { room },
        OfflineLook { room },
        CopyForRecord { room, class, message },
    ]
}

fn verdict<A: Act>(facts: &Facts, caller: &Caller, act: A) -> Verdict {
    (A::ACTION, decide(facts, caller, act, NOW).map(drop).map_err(|refusal| refusal.reason))
}

fn read(room: RoomId, class: InfoClassId) -> ReadReceipts {
    ReadReceipts { room, class, message: id(MessageId::from_uuid, 0) }
}

fn write(room: RoomId, class: InfoClassId) -> PostMessage {
    PostMessage { room, class, message: id(MessageId::from_uuid, 0) }
}

/// Runs a property over many worlds.
fn over_worlds(test: impl Fn(&World, &Facts)) {
    let mut runner =
        TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) });
    let outcome = runner.run(&world(), |world| {
        let facts = world.facts();
        test(&world, &facts);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn the_list_of_content_acts_is_whole() {
    let listed: BTreeSet<Action> = every_content_act(&Facts::default(), &operator(), room(0), person(0))
        .into_iter()
        .map(|(action, _)| action)
        .collect();
    // In the log's numbering everything about rooms stands between 310 and 399. Whoever adds an act there says in
    // this list or here which it is.
    let without_content = [
        Action::CloseLook,
        Action::ReadHome,
        Action::ReadDirectory,
        Action::ReadHandover,
        Action::DeliverQueued,
        Action::RingDevice,
        Action::RemoveOrphan,
        Action::ScanAttachment,
        Action::LendQueueKey,
    ];
    for action in Action::ALL.iter().filter(|action| (310..400).contains(&action.code())) {
        assert_ne!(listed.contains(action), without_content.contains(action), "{action:?}");
    }
}

#[test]
fn reading_and_writing_are_exactly_what_is_promised() {
    let (granted, refused) = (Cell::new(0), Cell::new(0));
    over_worlds(|world, facts| {
        for post in &world.posts {
            let caller = world.caller(post);
            for (number, class) in (0..3).flat_map(|number| CLASSES.map(|class| (number, class))) {
                let room = room(number);
                let reads = decide(facts, &caller, read(room, class), NOW).is_ok();
                let writes = decide(facts, &caller, write(room, class), NOW).is_ok();
                assert_eq!(
                    reads,
                    world.may(post, room, class, false),
                    "reads {class:?} in {room} as {post:?}"
                );
                assert_eq!(
                    writes,
                    world.may(post, room, class, true),
                    "writes {class:?} in {room} as {post:?}"
                );
                let count = if reads { &granted } else { &refused };
                count.set(count.get() + 1);
            }
        }
    });
    assert!(
        granted.get() > 1_000 && refused.get() > 1_000,
        "{} granted, {} refused",
        granted.get(),
        refused.get()
    );
}

#[test]
fn every_content_act_stays_within_the_team() {
    over_worlds(|world, facts| {
        for post in &world.posts {
            let caller = world.caller(post);
            for number in 0..3 {
                // Safety information is the least that a consented member reads: without it, nothing is shown.
                if world.may(post, room(number), InfoClassId::SAFETY, false) {
                    continue;
                }
                for (action, verdict) in every_content_act(facts, &caller, room(number), post.person) {
                    assert!(verdict.is_err(), "{action:?} as {post:?}");
                }
            }
        }
    });
}

#[test]
fn administering_gives_no_content() {
    over_worlds(|world, facts| {
        let mut mighty = world.clone();
        for (who, role) in world.people.iter().flat_map(|who| Role::ALL.iter().map(move |role| (who, role))) {
            let period = Interval::open(Timestamp(0));
            mighty.roles.push((who.person, HeldRole { role: *role, scope: Scope::Consortium, period }));
        }
        let mighty = mighty.facts();
        for post in &world.posts {
            let caller = world.caller(post);
            for number in 0..3 {
                let plain = every_content_act(facts, &caller, room(number), post.person);
                assert_eq!(plain, every_content_act(&mighty, &caller, room(number), post.person));
            }
        }
    });
}

#[test]
fn console_device_and_program_read_nothing() {
    over_worlds(|world, facts| {
        let device = world.devices[0];
        let device = Actor::Device { device: device.device, organization: device.organization };
        let jobs = [JobKind::Service, JobKind::Expiry, JobKind::Urgent, JobKind::Checkpoint].map(Actor::Job);
        let actors = jobs.into_iter().map(by).chain([operator(), by(device)]);
        for (caller, number) in actors.flat_map(|caller| (0..3).map(move |number| (caller.clone(), number))) {
            for (action, verdict) in every_content_act(facts, &caller, room(number), person(0)) {
                let expected = [Err(RefusalReason::Actor), Err(RefusalReason::Device)];
                assert!(expected.contains(&verdict), "{action:?} by {caller:?}: {verdict:?}");
            }
        }
    });
}

#[test]
fn the_audience_is_who_may_read() {
    let seen = Cell::new(0);
    over_worlds(|world, _| {
        // Whether somebody's device is blocked does not change who is in the audience.
        let mut world = world.clone();
        world.devices.iter_mut().for_each(|device| device.period = Interval::open(Timestamp(0)));
        let facts = world.facts();
        for (number, class) in (0..3).flat_map(|number| CLASSES.map(|class| (number, class))) {
            let may = |post: &&PostFact| {
                decide(&facts, &world.caller(post), read(room(number), class), NOW).is_ok()
            };
            let readers: Vec<PostId> = world.posts.iter().filter(may).map(|post| post.post).collect();
            assert_eq!(facts.audience(room(number), class, NOW), readers);
            seen.set(seen.get() + readers.len());
        }
    });
    assert!(seen.get() > 1_000, "{} readers", seen.get());
}

#[test]
fn safety_is_for_every_consented_member_and_nobody_else() {
    over_worlds(|world, facts| {
        for post in world.posts.iter().filter(|post| facts.live_posts(NOW).any(|live| live.post == post.post))
        {
            for number in 0..2 {
                let scope = facts.about(post, id(PatientId::from_uuid, number), NOW);
                assert_eq!(scope.read.contains(InfoClassId::SAFETY), scope.member && scope.consented);
            }
        }
    });
}

#[test]
fn narrowing_never_widens() {
    let narrowed = Cell::new(0);
    over_worlds(|world, facts| {
        let mut open = world.clone();
        open.matrix.retain(|cell| cell.organization.is_none());
        let open = open.facts();
        for post in &world.posts {
            let (read, write) = facts.rights(post.organization, post.job_type);
            let (most_read, most_write) = open.rights(post.organization, post.job_type);
            assert_eq!((read.intersection(most_read), write.intersection(most_write)), (read, write));
            narrowed.set(narrowed.get() + usize::from(read != most_read));
        }
    });
    assert!(narrowed.get() > 100, "{} narrowed", narrowed.get());
}

#[test]
fn a_grant_names_what_it_was_decided_for() {
    over_worlds(|world, facts| {
        for post in &world.posts {
            let caller = world.caller(post);
            for number in 0..2 {
                let decision = decide(facts, &caller, read(room(number), InfoClassId::SAFETY), NOW);
                let (target, entry) = match &decision {
                    Ok(grant) => (grant.target(), grant.entry(crate::access::Detail::default())),
                    Err(refusal) => (refusal.target, refusal.entry()),
                };
                assert_eq!(target.patient, Some(id(PatientId::from_uuid, number)));
                assert_eq!(
                    (target.organization, target.room),
                    (Some(organization(number)), Some(room(number)))
                );
                assert_eq!((entry.target, entry.actor.person()), (target, Some(post.person)));
                assert_eq!(entry.detail.refusal.is_some(), decision.is_err());
            }
        }
    });
}

//! Signed heads: what is signed, what is never signed, and what a verification finds.

use super::house::*;
use std::sync::atomic::Ordering;
use tasuki_domain::time::SECOND;
use tasuki_vault::log::{Checkpoint, Finding};
use uuid::Uuid;

#[tokio::test]
async fn heads_follow_entries_and_verify() {
    for house in houses().await {
        assert_eq!(house.store.log_head().await.unwrap(), None);
        assert_eq!(house.store.sign_checkpoint().await.unwrap(), None);
        house.entries(300).await;
        assert_eq!(house.store.sign_checkpoint().await.unwrap(), Some(300));
        assert_eq!(house.store.sign_checkpoint().await.unwrap(), None);
        let head = house.store.log_head().await.unwrap().unwrap();
        let key = tasuki_vault::log::note::VerifierKey::parse(&head.key).unwrap();
        let checkpoint = Checkpoint::verify(&head.note, &key).unwrap();
        assert_eq!((checkpoint.size, checkpoint.root), (300, head.root));
        assert_eq!(house.store.log_tiles().await.unwrap(), 1);
        house.entries(700).await;
        assert_eq!(house.store.sign_checkpoint().await.unwrap(), Some(1000));
        let again = house.again().await;
        again.verify_log_tail().await.unwrap();
        assert_eq!(again.log_head().await.unwrap(), house.store.log_head().await.unwrap());
        let (sound, report) = house.verified(None).await;
        assert!(sound, "{report}");
        assert!(report.contains("1000 entries"), "{report}");
        assert!(report.contains("cannot be known without a head from outside"), "{report}");
        let (sound, report) = house.verified(Some(&head.note)).await;
        assert!(sound && report.contains("nothing up to entry count 300"), "{report}");
        for (old, new) in [(0, 1000), (1, 1000), (256, 512), (300, 1000), (300, 300), (999, 1000)] {
            let proof = house.store.log_consistency(old, new).await.unwrap();
            let proof = proof.unwrap_or_else(|| panic!("{old} {new}"));
            assert_eq!((proof.old, proof.new), (old, new));
            if old == 300 {
                assert_eq!(proof.old_root, head.root);
            }
        }
        assert_eq!(house.store.log_consistency(5, 1001).await.unwrap(), None);
        assert_eq!(house.store.log_consistency(6, 5).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_tampered_log_is_named_to_the_entry() {
    let swap = "UPDATE access_entry SET idx = -1 WHERE idx = 3; UPDATE access_entry SET idx = 3 WHERE idx = 590; \
                UPDATE access_entry SET idx = 590 WHERE idx = -1";
    let insert = "UPDATE access_entry SET idx = -1 - idx WHERE idx >= 590; \
                  INSERT INTO access_entry SELECT 590, at, action, outcome, actor_kind, actor, post, organization, device, session, \
                  patient, object_organization, room, object_kind, object, request, key, body, leaf_hash FROM access_entry WHERE idx = 10; \
                  UPDATE access_entry SET idx = -idx WHERE idx < 0";
    let cases: [(&'static str, &[&str]); 9] = [
        ("UPDATE access_entry SET outcome = 2 WHERE idx = 17", &["Entry 17 was altered."]),
        (
            "UPDATE access_entry SET action = 99999999 WHERE idx = 17",
            &["the place of entry 17 is not an entry"],
        ),
        ("DELETE FROM access_entry WHERE idx = 40", &["Entry 40 is missing."]),
        ("DELETE FROM access_entry WHERE idx >= 40 AND idx < 44", &["Entries 40 to 43 are missing."]),
        (swap, &["Entries 3 and 590 changed places."]),
        (
            "UPDATE access_entry SET at = 5 WHERE idx = 41",
            &["Entry 41 was altered.", "Entry 41 bears an earlier time"],
        ),
        (insert, &["does not belong"]),
        (
            "UPDATE access_entry SET body = (SELECT body FROM access_entry WHERE idx = 9) WHERE idx = 8",
            &["Entry 8 was altered."],
        ),
        ("UPDATE access_entry SET leaf_hash = body WHERE idx = 299", &["Entry 299 was altered."]),
    ];
    for (sql, expected) in cases {
        for house in houses().await {
            house.entries(600).await;
            house.store.sign_checkpoint().await.unwrap();
            house.tamper(sql).await;
            let (sound, report) = house.verified(None).await;
            assert!(!sound, "{sql}: {report}");
            for words in expected {
                assert!(report.contains(words), "{sql}\n{words}\n{report}");
            }
            let claims = report.lines().filter(|line| line.starts_with("- Entr")).count();
            assert!(claims <= expected.len().max(2), "{sql}\n{report}");
        }
    }
}

#[tokio::test]
async fn an_entry_altered_together_with_its_hash_is_named_by_its_tile() {
    for house in houses().await {
        house.entries(600).await;
        house.store.sign_checkpoint().await.unwrap();
        let forged = {
            let mut connection = house.store.reading().await.unwrap();
            let found = crate::table::log::range(&mut connection, (20, 21), 1).await.unwrap();
            let bytes = found[0].canonical(20).unwrap();
            let mut leaf = tasuki_vault::log::Leaf::parse(&bytes).unwrap();
            leaf.outcome = 2;
            leaf.hash().unwrap().0.to_vec()
        };
        house.tamper("UPDATE access_entry SET outcome = 2 WHERE idx = 20").await;
        let mut connection = house.store.inner.backend.writer().await.unwrap();
        on!(&mut connection, c => sqlx::query("UPDATE access_entry SET leaf_hash = $1 WHERE idx = 20").bind(forged).execute(&mut **c).await.map(drop)).unwrap();
        drop(connection);
        let (sound, report) = house.verified(None).await;
        assert!(!sound && report.contains("Entry 20 was altered."), "{report}");
    }
}

#[tokio::test]
async fn a_cut_end_is_found_with_a_head_from_outside_only() {
    let cut = "DELETE FROM access_entry WHERE idx >= 100; DELETE FROM checkpoint WHERE size > 100; \
               UPDATE log_head SET size = 100; UPDATE log_signing SET size = 100";
    for house in houses().await {
        house.entries(100).await;
        house.store.sign_checkpoint().await.unwrap();
        let early = house.store.log_head().await.unwrap().unwrap();
        house.entries(50).await;
        house.store.sign_checkpoint().await.unwrap();
        let known = house.store.log_head().await.unwrap().unwrap();
        house.tamper(cut).await;
        house.again().await.verify_log_tail().await.unwrap();
        let (sound, report) = house.verified(None).await;
        assert!(sound && report.contains("cannot be known"), "{report}");
        let (sound, report) = house.verified(Some(&early.note)).await;
        assert!(sound, "{report}");
        let (sound, report) = house.verified(Some(&known.note)).await;
        assert!(!sound && report.contains("The end was cut off"), "{report}");
        // Whoever goes on from the cut rewrites history: the size alone no longer tells, the root does.
        let forger = house.again().await;
        for number in 0..80 {
            forger.append(entry(number, house.home)).await.unwrap();
        }
        forger.sign_checkpoint().await.unwrap();
        let (sound, report) = house.verified(Some(&known.note)).await;
        assert!(!sound && report.contains("History was rewritten"), "{report}");
    }
}

#[tokio::test]
async fn damage_at_the_end_keeps_the_house_from_opening() {
    type Told = fn(&Finding) -> bool;
    let cases: [(&'static str, Told); 8] = [
        ("UPDATE access_entry SET outcome = 2 WHERE idx = 590", |f| {
            matches!(f, Finding::Altered { index: 590 })
        }),
        ("UPDATE access_entry SET outcome = 2 WHERE idx = 300", |f| {
            matches!(f, Finding::Altered { index: 300 })
        }),
        ("DELETE FROM access_entry WHERE idx = 610", |f| {
            matches!(f, Finding::Missing { from: 610, to: 610 })
        }),
        ("DELETE FROM access_entry WHERE idx >= 595", |f| {
            matches!(f, Finding::TailCut { head: 600, size: 595 })
        }),
        ("DELETE FROM access_entry WHERE idx >= 605", |f| matches!(f, Finding::Missing { from: 605, .. })),
        ("UPDATE access_entry SET at = 5 WHERE idx = 610", |f| matches!(f, Finding::Altered { index: 610 })),
        ("DELETE FROM checkpoint WHERE size = 600", |f| matches!(f, Finding::BadCheckpoint { after: 600 })),
        ("UPDATE log_head SET size = 605", |f| matches!(f, Finding::CountDiffers { noted: 605, .. })),
    ];
    for (sql, expected) in cases {
        for house in houses().await {
            house.entries(600).await;
            house.store.sign_checkpoint().await.unwrap();
            house.entries(20).await;
            house.again().await.verify_log_tail().await.unwrap();
            house.tamper(sql).await;
            let again = house.again().await;
            let finding = damaged(again.verify_log_tail().await);
            assert!(expected(&finding), "{sql}: {finding:?}");
            assert_eq!(again.log_damage(), Some(finding));
        }
    }
}

#[tokio::test]
async fn what_was_changed_before_its_head_is_never_signed() {
    for sql in [
        "UPDATE access_entry SET outcome = 2 WHERE idx = 15",
        "DELETE FROM access_entry WHERE idx = 15",
        "UPDATE access_entry SET at = 5 WHERE idx = 15",
        "DELETE FROM access_entry WHERE idx >= 15",
    ] {
        for house in houses().await {
            house.entries(10).await;
            assert_eq!(house.store.sign_checkpoint().await.unwrap(), Some(10));
            house.entries(10).await;
            house.tamper(sql).await;
            let first = damaged(house.store.sign_checkpoint().await);
            assert!(matches!(first.place(), 15), "{sql}: {first:?}");
            assert_eq!(house.store.log_damage(), Some(first.clone()));
            assert_eq!(damaged(house.store.sign_checkpoint().await), first);
            assert_eq!(house.store.log_head().await.unwrap().unwrap().size, 10);
        }
    }
}

#[tokio::test]
async fn two_instances_never_sign_side_by_side() {
    for house in houses().await {
        let other = house.again().await;
        for _ in 0..20 {
            house.entries(7).await;
            let (one, two) = tokio::join!(house.store.sign_checkpoint(), other.sign_checkpoint());
            let signed = [one.unwrap(), two.unwrap()];
            assert!(signed.iter().flatten().count() <= 1, "{signed:?}");
        }
        house.store.sign_checkpoint().await.unwrap();
        assert_eq!(other.sign_checkpoint().await.unwrap(), None);
        assert_eq!(house.store.log_head().await.unwrap(), other.log_head().await.unwrap());
        let (sound, report) = house.verified(None).await;
        assert!(sound, "{report}");
    }
}

#[tokio::test]
async fn one_instance_leads_until_its_lease_ends() {
    for house in houses().await {
        let (one, two) = (Uuid::new_v4(), Uuid::new_v4());
        let lease = 5 * SECOND;
        assert!(house.store.leads(one, lease).await.unwrap());
        if house.postgres() {
            assert!(!house.store.leads(two, lease).await.unwrap());
            house.hand.fetch_add(4 * SECOND, Ordering::Relaxed);
            assert!(house.store.leads(one, lease).await.unwrap());
            house.hand.fetch_add(4 * SECOND, Ordering::Relaxed);
            assert!(!house.store.leads(two, lease).await.unwrap());
            house.hand.fetch_add(SECOND, Ordering::Relaxed);
            assert!(house.store.leads(two, lease).await.unwrap());
            assert!(!house.store.leads(one, lease).await.unwrap());
        }
    }
}

//! Reading: pages, entries and exports, each with its proof.

use super::house::*;
use crate::{
    WorkError,
    table::{
        log::{LogBody, ProofState},
        log_page::LogFilter,
    },
};
use std::sync::atomic::Ordering;
use tasuki_domain::{
    access::{Action, Outcome, Target},
    id::{OrganizationId, PatientId},
    policy::{Actor, ExportLog, ExportLogProof, ReadLog, ReadLogEntry, RefusalReason},
    time::{Interval, SECOND, Timestamp},
};
use tasuki_vault::log::{
    Finding,
    proof::verify_inclusion,
    report::Language,
    verify::{Trust, verify_export},
};
use uuid::Uuid;

#[tokio::test]
async fn a_page_shows_its_scope_its_look_and_its_proof() {
    for house in houses().await {
        let other = OrganizationId::from_uuid(Uuid::new_v4());
        let auditor = somebody(&house, other, other.as_uuid(), 3).await;
        let office = office(&house).await;
        house.entries(30).await;
        let patient = PatientId::from_uuid(Uuid::new_v4());
        let mut shared = entry(1, house.home);
        shared.target = Target::NONE.patient(Some(patient)).organization(Some(other));
        shared.outcome = Outcome::Refused;
        let shared = house.store.append(shared).await.unwrap().entry();
        house.store.sign_checkpoint().await.unwrap();

        let none = LogFilter::default();
        let own = look(&house, &auditor, ReadLog { organization: Some(other) }).await;
        let page = house.store.log_page(&own, &none, None, 50).await.unwrap();
        let seen: Vec<u64> = page.rows.iter().map(|row| row.index).collect();
        assert_eq!(seen, [shared, 0], "its own and what was done to its own");
        assert!(page.rows.iter().all(|row| row.state == ProofState::Proven));
        assert_eq!((page.look, page.next), (own.entry(), None));

        let refused = house.store.decide(&auditor, ReadLog { organization: Some(house.home) }).await;
        assert!(matches!(refused, Err(WorkError::Refused(refusal)) if refusal.reason == RefusalReason::Role));
        let refused = house.store.decide(&auditor, ReadLog { organization: None }).await;
        assert!(matches!(refused, Err(WorkError::Refused(refusal)) if refusal.reason == RefusalReason::Role));

        let all = look(&house, &office, ReadLog { organization: None }).await;
        let page = house.store.log_page(&all, &none, None, 5).await.unwrap();
        let newest: Vec<_> = page.rows.iter().map(|row| (row.index, row.state)).collect();
        let pending: Vec<_> = (0..4).map(|back| (all.entry() - 1 - back, ProofState::Pending)).collect();
        assert!(newest.starts_with(&pending[..3]), "the two refusals and the look before: {newest:?}");
        for filter in [
            LogFilter { patient: Some(patient), ..none },
            LogFilter { outcome: Some(Outcome::Refused), until: Some(house.store.now().plus(1)), ..none },
        ] {
            let page = house.store.log_page(&all, &filter, Some(shared + 1), 50).await.unwrap();
            assert_eq!(page.rows.iter().map(|row| row.index).collect::<Vec<_>>(), [shared]);
        }
        let filter = LogFilter { until: Some(Timestamp(START)), ..none };
        assert!(house.store.log_page(&all, &filter, None, 50).await.unwrap().rows.is_empty());
        let filter = LogFilter { from: Some(Timestamp(START + 1)), ..none };
        assert!(house.store.log_page(&all, &filter, None, 50).await.unwrap().rows.is_empty());

        house.tamper("UPDATE access_entry SET outcome = 2 WHERE idx = 20").await;
        let page = house.store.log_page(&all, &none, Some(22), 3).await.unwrap();
        let states: Vec<_> = page.rows.iter().map(|row| (row.index, row.state)).collect();
        assert_eq!(states, [(21, ProofState::Proven), (20, ProofState::Damaged), (19, ProofState::Proven)]);
        assert_eq!(house.store.log_damage(), Some(Finding::Altered { index: 20 }));
    }
}

#[tokio::test]
async fn administrators_without_the_role_and_stale_passkeys_are_refused() {
    for house in houses().await {
        for role in [1, 2, 4] {
            let caller = somebody(&house, house.home, NO_ORGANIZATION, role).await;
            let refused = house.store.decide(&caller, ReadLog { organization: None }).await;
            assert!(
                matches!(refused, Err(WorkError::Refused(refusal)) if refusal.reason == RefusalReason::Role)
            );
        }
        let caller = office(&house).await;
        if let Actor::Person(session) = &caller.actor {
            session.step_up(Timestamp(0));
        }
        let size = *house.store.log_size().borrow();
        let refused = house.store.decide(&caller, ReadLog { organization: None }).await;
        assert!(
            matches!(refused, Err(WorkError::Refused(refusal)) if refusal.reason == RefusalReason::StepUp)
        );
        assert_eq!(*house.store.log_size().borrow(), size + 1, "the refusal is in the log");
    }
}

#[tokio::test]
async fn pages_join_without_gap_or_repetition_while_entries_come() {
    for house in houses().await {
        let caller = office(&house).await;
        house.entries(200).await;
        let first = look(&house, &caller, ReadLog { organization: None }).await;
        let (mut before, mut seen) = (None, Vec::new());
        loop {
            let page = house.store.log_page(&first, &LogFilter::default(), before, 17).await.unwrap();
            seen.extend(page.rows.iter().map(|row| row.index));
            house.entries(5).await;
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..first.entry()).rev().collect::<Vec<_>>());
        let narrow = LogFilter { action: Some(Action::OpenRoom), ..LogFilter::default() };
        let page = house.store.log_page(&first, &narrow, Some(10), 10).await.unwrap();
        assert_eq!(page.rows.len(), 10);
    }
}

#[tokio::test]
async fn one_entry_opens_with_its_proof() {
    for house in houses().await {
        let caller = office(&house).await;
        house.entries(700).await;
        house.store.sign_checkpoint().await.unwrap();
        for index in [1, 255, 256, 300, 600, 700] {
            let act = ReadLogEntry { organization: None };
            let detail =
                house.store.log_entry(&look(&house, &caller, act).await, index).await.unwrap().unwrap();
            let LogBody::Open(body) = &detail.body else { panic!("{index}") };
            assert_eq!(body.more.get("number"), Some(&detail.row.request.as_uuid().as_u128().to_string()));
            let proof = detail.proof.unwrap();
            let leaf = tasuki_vault::log::tree::leaf_hash(&detail.canonical);
            assert!(verify_inclusion(&leaf, index, proof.size, &proof.path, &proof.root), "{index}");
        }
        let act = ReadLogEntry { organization: None };
        let last = look(&house, &caller, act).await;
        let own = house.store.log_entry(&last, last.entry()).await.unwrap().unwrap();
        assert_eq!((own.row.state, own.proof), (ProofState::Pending, None));
        let LogBody::Open(body) = own.body else { panic!("own body") };
        assert_eq!((body.certificate.as_deref(), body.job_type), (Some("0a1b"), Some(11)));
        assert!(house.store.log_entry(&last, 1_000_000).await.unwrap().is_none());

        let other = OrganizationId::from_uuid(Uuid::new_v4());
        let auditor = somebody(&house, other, other.as_uuid(), 3).await;
        let strange = look(&house, &auditor, ReadLogEntry { organization: Some(other) }).await;
        assert!(house.store.log_entry(&strange, 5).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn an_export_proves_itself_and_a_cut_copy_does_not() {
    for house in houses().await {
        let caller = office(&house).await;
        for _ in 0..8 {
            house.entries(140).await;
            house.hand.fetch_add(SECOND, Ordering::Relaxed);
            house.store.sign_checkpoint().await.unwrap();
        }
        let period = Interval { from: Timestamp(START + 2 * SECOND), until: Timestamp(START + 5 * SECOND) };
        let proof = look(&house, &caller, ExportLogProof {}).await;
        let look = look(&house, &caller, ExportLog { organization: None }).await;
        house.store.sign_checkpoint().await.unwrap();
        let head = house.store.log_head().await.unwrap().unwrap();
        let mut export = house.store.export_log_proof(&proof, period).await.unwrap();
        let mut file = Vec::new();
        while let Some(bytes) = export.bytes().await.unwrap() {
            file.extend(bytes);
        }
        let report = verify_export(file.as_slice(), Trust::default()).unwrap();
        assert!(report.is_sound(), "{}", report.text(Language::English));
        assert_eq!((report.first, report.entries, report.heads), (281, 420, 3));
        let cut = verify_export(&file[..file.len() - 40], Trust::default()).unwrap();
        assert!(!cut.is_sound());
        let trust = Trust { key: None, against: Some(&head.note) };
        let whole = Interval { from: Timestamp(0), until: Timestamp::OPEN_END };
        let mut export = house.store.export_log_proof(&proof, whole).await.unwrap();
        let mut file = Vec::new();
        while let Some(bytes) = export.bytes().await.unwrap() {
            file.extend(bytes);
        }
        let report = verify_export(file.as_slice(), trust).unwrap();
        assert!(report.is_sound(), "{}", report.text(Language::English));
        assert_eq!(report.entries, head.size);

        let mut rows = house.store.export_log_rows(&look, period).await.unwrap();
        let mut count = 0;
        loop {
            let some = rows.rows().await.unwrap();
            if some.is_empty() {
                break;
            }
            assert!(some.iter().all(|(row, _)| row.state == ProofState::Proven && period.contains(row.at)));
            count += some.len();
        }
        assert_eq!(count, 420);
    }
}

use super::*;

#[test]
fn names_of_the_interface_are_those_of_the_console() {
    for subject in [
        Subject::Settings,
        Subject::Keys,
        Subject::Database,
        Subject::Log,
        Subject::Certificates,
        Subject::RevocationList,
        Subject::Clock,
        Subject::Disk,
        Subject::Backup,
        Subject::Attestation,
        Subject::Enrolment,
    ] {
        assert_eq!(serde_json::to_value(subject).unwrap(), subject.text());
        assert!(!subject.words().0.is_empty() && !subject.words().1.is_empty());
    }
    for verdict in [Verdict::Good, Verdict::Notice, Verdict::Bad] {
        assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.text());
    }
}

#[test]
fn the_worst_of_all_counts() {
    let check = |verdict| Check::good(Subject::Disk, "", "").but(verdict, "", "");
    let state = |checks| SystemState { at: Timestamp(0), program: String::new(), checks };
    assert_eq!(state(Vec::new()).worst(), Verdict::Good);
    assert_eq!(state(vec![check(Verdict::Notice), check(Verdict::Good)]).worst(), Verdict::Notice);
    assert_eq!(state(vec![check(Verdict::Bad), check(Verdict::Notice)]).worst(), Verdict::Bad);
}

#[tokio::test]
async fn without_a_folder_for_backups_or_on_a_missing_disk_it_is_bad() {
    let mut config = Config::default();
    config.server.data_folder = "/nowhere/at/all".into();
    let checks = machine_checks(&config, None).await;
    let of = |subject| checks.iter().find(|check| check.subject == subject).unwrap();
    assert_eq!(of(Subject::Backup).verdict, Verdict::Bad);
    assert_eq!(of(Subject::Disk).verdict, Verdict::Bad);
    assert_eq!(of(Subject::Attestation).verdict, Verdict::Notice);
    assert!(
        checks
            .iter()
            .filter(|check| check.verdict != Verdict::Good)
            .all(|check| { !check.advice_japanese.is_empty() && !check.advice_english.is_empty() })
    );
}

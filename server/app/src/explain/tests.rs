use super::*;

#[test]
fn the_deepest_known_cause_gives_the_words_and_the_whole_chain_is_kept() {
    let full = io::Error::from(io::ErrorKind::StorageFull);
    let error = UseCaseError::failed(BackupProblem::Write(full));
    let words = explain(&error);
    assert!(words.contains(FULL.0) && words.contains(FULL.1), "{words}");
    assert!(words.contains("the server failed: the backup could not be written"), "{words}");
}

#[test]
fn errors_inside_transparent_ones_are_seen() {
    for (error, expected) in [
        (explain(&StartProblem::Store(StoreError::FutureSchema(9))), "新しい版の tasuki が使った"),
        (
            explain(&StartProblem::Unlock(UnlockProblem::Unlock(UnlockError::WrongPassphrase))),
            "パスフレーズが違います",
        ),
        (explain(&RestoreProblem::Backup(BackupProblem::WrongIdentity)), "シート6行目"),
        (explain(&RestoreProblem::Store(StoreError::Empty)), "tasuki init"),
        (explain(&WorkError::Store(StoreError::Stopped)), "再起動"),
    ] {
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn an_unknown_error_is_told_with_its_causes_and_nothing_made_up() {
    let error = UseCaseError::failed(io::Error::other("the moon fell down"));
    assert_eq!(explain(&error), "the server failed: the moon fell down");
}

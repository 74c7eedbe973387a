use super::*;
use std::{
    io::Write,
    path::{Path, PathBuf},
};

fn manifest(parts: Vec<Part>) -> Manifest {
    let log = LogPosition { size: 3, root: "root".into(), last_at: 1, note: String::new() };
    Manifest {
        format: Manifest::FORMAT,
        program: "0.1.0".into(),
        at: 1_790_000_000_000_000,
        origin: "care.test/tasuki".into(),
        rp_id: "care.test".into(),
        root_key: "A1B2".into(),
        engine: Engine::Sqlite,
        log,
        parts,
    }
}

fn recipients(folder: &Path, identity: &RecoveryIdentity) -> Recipients {
    let path = folder.join("recipients");
    std::fs::write(&path, format!("# who\n\n{}\n", identity.public())).unwrap();
    Recipients::read(&path).unwrap()
}

fn time() -> jiff::Timestamp {
    "2026-11-22T17:52:06Z".parse().unwrap()
}

/// A backup with two parts, larger than several pieces of age and of the container.
fn made(folder: &Path, identity: &RecoveryIdentity) -> PathBuf {
    let mut file = SealedFile::begin(folder, ("care.test", time()), &recipients(folder, identity)).unwrap();
    let mut pack = Pack::begin(&mut file).unwrap();
    pack.part("settings.toml", &b"[server]"[..]).unwrap();
    let rows: Vec<u8> = (0..200_000_u32).map(|number| (number % 251) as u8).collect();
    pack.part("database.sqlite", &rows[..]).unwrap();
    pack.end(manifest, |_| [7; 32]).unwrap();
    file.finish().unwrap().path
}

fn read_back(path: &Path, identity: &RecoveryIdentity) -> Result<Unpacked, BackupProblem> {
    let folder = tempfile::tempdir().unwrap();
    unpack(open_sealed(path, identity)?, folder.path())
}

#[test]
fn what_was_packed_comes_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let identity = RecoveryIdentity::generate();
    let path = made(folder.path(), &identity);
    assert_eq!(path.file_name().unwrap(), "tasuki-care.test-20261122T175206Z.age");
    let typed = identity.text().to_lowercase();
    let (start, end) = typed.split_at(30);
    let again = RecoveryIdentity::parse(&format!(" 6: {start} {end}\n")).unwrap();
    let to = tempfile::tempdir().unwrap();
    let unpacked = unpack(open_sealed(&path, &again).unwrap(), to.path()).unwrap();
    assert_eq!(unpacked.tag, [7; 32]);
    let names: Vec<&str> = unpacked.parts.iter().map(|part| part.part.name.as_str()).collect();
    assert_eq!(names, ["settings.toml", "database.sqlite"]);
    assert_eq!(std::fs::read(unpacked.path("settings.toml").unwrap()).unwrap(), b"[server]");
    assert_eq!(std::fs::read(unpacked.path("database.sqlite").unwrap()).unwrap().len(), 200_000);
}

#[test]
fn another_key_and_a_mistyped_one_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let identity = RecoveryIdentity::generate();
    let path = made(folder.path(), &identity);
    let other = read_back(&path, &RecoveryIdentity::generate());
    assert!(matches!(other, Err(BackupProblem::WrongIdentity)));
    let mut typed: Vec<char> = identity.text().chars().collect();
    typed.swap(30, 31);
    typed[40] = if typed[40] == 'Q' { 'P' } else { 'Q' };
    let typed: String = typed.into_iter().collect();
    assert!(matches!(RecoveryIdentity::parse(&typed), Err(BackupProblem::Identity)));
}

#[test]
fn a_cut_or_flipped_backup_is_refused_wherever_it_is_hurt() {
    let folder = tempfile::tempdir().unwrap();
    let identity = RecoveryIdentity::generate();
    let whole = std::fs::read(made(folder.path(), &identity)).unwrap();
    let hurt = folder.path().join("hurt");
    for length in
        [0, 1, 30, 150, 200, 65_000, 140_000, whole.len() - 65_000, whole.len() - 17, whole.len() - 1]
    {
        std::fs::write(&hurt, &whole[..length]).unwrap();
        let refused = read_back(&hurt, &identity);
        assert!(
            matches!(refused, Err(BackupProblem::Damaged | BackupProblem::NotABackup)),
            "{length}: {refused:?}"
        );
    }
    for place in (0..whole.len()).step_by(9_973).chain([whole.len() - 1]) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        std::fs::write(&hurt, &bytes).unwrap();
        assert!(read_back(&hurt, &identity).is_err(), "{place}");
    }
    std::fs::write(&hurt, [&whole[..], b"more"].concat()).unwrap();
    assert!(read_back(&hurt, &identity).is_err());
}

#[test]
fn a_container_is_exactly_what_we_write() {
    let packed = || {
        let mut bytes = Vec::new();
        let mut pack = Pack::begin(&mut bytes).unwrap();
        pack.part("settings.toml", &b"[server]"[..]).unwrap();
        pack.end(manifest, |_| [7; 32]).unwrap();
        bytes
    };
    let judge = |bytes: &[u8]| {
        let folder = tempfile::tempdir().unwrap();
        unpack(bytes, folder.path()).map(drop)
    };
    judge(&packed()).unwrap();
    let replaced = |from: &[u8], to: &[u8]| {
        let bytes = packed();
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        [&bytes[..at], to, &bytes[at + from.len()..]].concat()
    };
    let future = replaced(br#"{"format":1"#, br#"{"format":2"#);
    assert!(matches!(judge(&future), Err(BackupProblem::Future(2))));
    for hurt in [
        replaced(b"[server]", b"[Server]"),
        replaced(b"settings.toml", b"../../hosts.t"),
        replaced(br#""bytes":8"#, br#""bytes":9"#),
        [packed(), b"x".to_vec()].concat(),
    ] {
        assert!(matches!(judge(&hurt), Err(BackupProblem::Damaged)));
    }
}

#[test]
fn an_unfinished_backup_bears_no_name_and_the_next_one_clears_it_away() {
    let folder = tempfile::tempdir().unwrap();
    let identity = RecoveryIdentity::generate();
    let mut left =
        SealedFile::begin(folder.path(), ("care.test", time()), &recipients(folder.path(), &identity))
            .unwrap();
    left.write_all(&[0; 100_000]).unwrap();
    drop(left);
    let names = || -> Vec<String> {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<String> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names(), [".tasuki-care.test-20261122T175206Z.age.partial", "recipients"]);
    assert!(newest(folder.path(), "care.test").unwrap().is_none());
    made(folder.path(), &identity);
    assert_eq!(names(), ["recipients", "tasuki-care.test-20261122T175206Z.age"]);
    let again =
        SealedFile::begin(folder.path(), ("care.test", time()), &recipients(folder.path(), &identity));
    assert!(matches!(again, Err(BackupProblem::Exists)));
}

#[test]
fn only_the_oldest_of_this_house_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "tasuki-care.test-20261120T000000Z.age",
        "tasuki-care.test-20261121T000000Z.age",
        "tasuki-care.test-20261122T000000Z.age",
        "tasuki-care.test-2-20261101T000000Z.age",
        "tasuki-care.test-notes.age",
    ] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    assert_eq!(prune(folder.path(), "care.test", 2).unwrap(), 1);
    assert!(!folder.path().join("tasuki-care.test-20261120T000000Z.age").exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);
    let (path, _) = newest(folder.path(), "care.test").unwrap().unwrap();
    assert_eq!(path.file_name().unwrap(), "tasuki-care.test-20261122T000000Z.age");
}

#[test]
fn one_backup_at_a_time_and_its_temporary_files_go_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let lock = BackupLock::take(folder.path()).unwrap();
    std::fs::write(lock.folder().join("picture.sqlite"), "rows").unwrap();
    assert!(matches!(BackupLock::take(folder.path()), Err(BackupProblem::Busy)));
    let temporary = lock.folder().to_owned();
    drop(lock);
    assert!(!temporary.exists());
    BackupLock::take(folder.path()).unwrap();
}

#[test]
fn recipients_must_be_public_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recipients");
    for text in ["", "# nobody\n", "age1notakey\n", &RecoveryIdentity::generate().text()] {
        std::fs::write(&path, text).unwrap();
        assert!(matches!(Recipients::read(&path), Err(BackupProblem::NoRecipients(_))));
    }
}

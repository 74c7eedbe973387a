//! Config room: rules between settings, and about the files that they name.

use std::path::Path;

use super::{Config, ConfigProblem, DatabaseUrl, ProblemCode, UnlockMethod, secret_file};

/// Settings that are right one by one and wrong together.
pub(super) fn contradictions(config: &Config) -> Vec<ConfigProblem> {
    let mut problems = Vec::new();
    let mut rule = |broken: bool, key: &str, rule_ja: &str, rule_en: &str| {
        if broken {
            problems.push(ConfigProblem::new(key, ProblemCode::Conflict, rule_ja, rule_en));
        }
    };
    let (server, limits, sign_in) = (&config.server, &config.limits, &config.sign_in);
    rule(
        server.listen.port() == server.enrolment_listen.port() && server.listen.port() != 0,
        "server.enrolment_listen",
        "server.listen と違うポートにしてください",
        "must use another port than server.listen",
    );
    rule(
        server.data_folder.as_os_str().is_empty(),
        "server.data_folder",
        "データの置き場所を書いてください",
        "must name a folder",
    );
    rule(
        limits.connections_per_source.get() > limits.connections.get(),
        "limits.connections_per_source",
        "limits.connections 以下にしてください",
        "must not exceed limits.connections",
    );
    rule(
        limits.http2.stream_window_bytes.get() > limits.http2.connection_window_bytes.get(),
        "limits.http2.stream_window_bytes",
        "limits.http2.connection_window_bytes 以下にしてください",
        "must not exceed limits.http2.connection_window_bytes",
    );
    rule(
        limits.socket_write_buffer_bytes.get() < limits.frame_bytes.get(),
        "limits.socket_write_buffer_bytes",
        "limits.frame_bytes 以上にしてください",
        "must be at least limits.frame_bytes",
    );
    rule(
        config.files.upload_memory_bytes.get() < limits.attachment_bytes.get(),
        "files.upload_memory_bytes",
        "limits.attachment_bytes 以上にしてください",
        "must be at least limits.attachment_bytes",
    );
    rule(
        sign_in.delay_base_ms.get() > sign_in.delay_max_ms.get(),
        "sign_in.delay_base_ms",
        "sign_in.delay_max_ms 以下にしてください",
        "must not exceed sign_in.delay_max_ms",
    );
    problems.extend(misplaced_paths(config));
    problems
}

/// What must not lie in the data folder: who steals that disk must not find the key or the only backup.
fn misplaced_paths(config: &Config) -> Vec<ConfigProblem> {
    let data = &config.server.data_folder;
    let mut problems = Vec::new();
    let mut outside = |key: &str, path: Option<&Path>| {
        if path.is_some_and(|path| path.as_os_str().is_empty() || path.starts_with(data)) {
            problems.push(ConfigProblem::new(
                key,
                ProblemCode::Conflict,
                "server.data_folder の外の場所を書いてください",
                "must lie outside server.data_folder",
            ));
        }
    };
    let by_file = config.unlock.method == UnlockMethod::KeyFile;
    outside("unlock.key_file", by_file.then_some(config.unlock.key_file.as_path()));
    outside("backup.folder", config.backup.folder.as_deref());
    let credential = &config.unlock.credential;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if credential.is_empty() || credential.starts_with('.') || !credential.chars().all(plain) {
        problems.push(ConfigProblem::new(
            "unlock.credential",
            ProblemCode::OutOfRule,
            "英数字と - _ . だけの名前にしてください",
            "must be a name of letters, digits, - _ and .",
        ));
    }
    if config.database.password_file.is_some() && !matches!(config.database.url, DatabaseUrl::Postgres(_)) {
        problems.push(ConfigProblem::new(
            "database.password_file",
            ProblemCode::Conflict,
            "postgres のときだけ書いてください",
            "is for postgres only",
        ));
    }
    problems
}

/// Files that are named but missing, or that others on the machine could read.
pub(super) fn missing_files(config: &Config) -> Vec<ConfigProblem> {
    let by_file = config.unlock.method == UnlockMethod::KeyFile;
    let secrets = [
        ("unlock.key_file", by_file.then_some(config.unlock.key_file.as_path())),
        ("database.password_file", config.database.password_file.as_deref()),
    ];
    let public = [
        ("sign_in.attestation_ca_file", config.sign_in.attestation_ca_file.as_deref()),
        ("backup.recipients_file", config.backup.recipients_file.as_deref()),
    ];
    let secrets = secrets.into_iter().filter_map(|(key, path)| secret_file::problem(key, path?));
    let public = public.into_iter().filter_map(|(key, path)| {
        let path = path?;
        (!path.is_file()).then(|| {
            ConfigProblem::new(
                key,
                ProblemCode::File,
                "ファイルが見つかりません",
                "names a file that is not there",
            )
        })
    });
    secrets.chain(public).collect()
}

//! The founding itself, each step through its use case, and what comes next.

use super::{
    answers::{Answers, Way},
    caller,
};
use crate::{
    cli::{Failure, files, output},
    clock::Clock,
    config::{Config, UnlockMethod},
    console::time,
    startup,
    usecase::{
        Services, UseCaseError,
        consortium::{FirstPost, FoundingCommand, create_person, create_place, found_consortium, grant_role},
        device_authority::{authority_fingerprint, authority_pem, found_authority},
        enrol_device::{Enrolled, Visitor, Wanted, enrol_device},
        enrolment_window::{close_enrolment, open_enrolment},
        register_device::{NewDevice, register_device},
        sign_in::issue_enrolment_code,
    },
};
use secrecy::ExposeSecret;
use std::{net::IpAddr, path::Path, path::PathBuf, sync::Arc};
use tasuki_domain::{
    id::{OrganizationId, RequestId},
    organization::{NewPlace, PlaceKind},
    policy::Caller,
    role::Scope,
    time::Timestamp,
};
use tasuki_store::{Founding, Store};
use tasuki_vault::{Keyring, RootKey};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Name of the file in the data folder with the authority's certificate, which is public.
pub(super) const AUTHORITY: &str = "authority.pem";

/// What came of it, to be told.
pub(super) struct Done {
    codes: Vec<(String, Zeroizing<String>, Timestamp)>,
    device: DeviceDone,
    authority: PathBuf,
    fingerprint: String,
    key_id: String,
}

enum DeviceDone {
    Code(Zeroizing<String>, Timestamp),
    Package(PathBuf),
}

/// Founds everything.
pub(super) async fn found(
    config: &Arc<Config>,
    root: RootKey,
    answers: &Answers,
) -> Result<(Services, Done), Failure> {
    let clock = Clock::system();
    let name = config.server.name.as_str();
    let founding = Founding { origin: format!("{name}/tasuki"), rp_id: name.to_owned() };
    let store = Store::found(startup::opening(config, &clock)?, Keyring::unlock(root), founding).await?;
    let services = Services::new(store, clock, config.clone());
    let caller = caller()?;
    found_authority(&services, &caller).await?;
    let (organization, codes) = people(&services, &caller, answers).await?;
    let device = device(&services, &caller, organization, answers).await?;
    let authority = config.server.data_folder.join(AUTHORITY);
    files::write_private(&authority, authority_pem(&services).await?.as_bytes())?;
    services.store.sign_checkpoint().await?;
    let head = services.store.log_head().await?;
    let fingerprint = authority_fingerprint(&services).await?;
    let done =
        Done { codes, device, authority, fingerprint, key_id: head.map(|head| head.key).unwrap_or_default() };
    Ok((services, done))
}

type Codes = Vec<(String, Zeroizing<String>, Timestamp)>;

async fn people(
    services: &Services,
    caller: &Caller,
    answers: &Answers,
) -> Result<(OrganizationId, Codes), UseCaseError> {
    let post = FirstPost { place: None, job_type: answers.job_type, from: None, until: None };
    let (organization, person) = (answers.organization.clone(), answers.administrator.clone());
    let founded = found_consortium(services, caller, FoundingCommand { organization, person, post }).await?;
    if let Some(name) = answers.place.clone() {
        let place = NewPlace { parent: None, kind: PlaceKind::Office, name, position: None };
        create_place(services, caller, founded.organization, place).await?;
    }
    let mut enrolling = vec![(answers.administrator.clone(), founded.person)];
    for (role, new) in &answers.others {
        let created = create_person(services, caller, founded.organization, new.clone(), post).await?;
        grant_role(services, caller, created.person, (*role, Scope::Consortium)).await?;
        enrolling.push((new.clone(), created.person));
    }
    let mut codes = Vec::new();
    for (new, person) in enrolling {
        let issued = issue_enrolment_code(services, caller, person).await?;
        let who = format!("{}({})", new.name.as_str(), new.login.as_str());
        codes.push((who, issued.code, issued.expires_at));
    }
    Ok((founded.organization, codes))
}

async fn device(
    services: &Services,
    caller: &Caller,
    organization: OrganizationId,
    answers: &Answers,
) -> Result<DeviceDone, Failure> {
    let first = &answers.device;
    let new = NewDevice { label: first.label.clone(), kind: first.kind, place: None };
    match &first.way {
        Way::Code(minutes) => {
            let issued = register_device(services, caller, organization, new, *minutes).await?;
            open_enrolment(services, caller, *minutes).await?;
            Ok(DeviceDone::Code(issued.code, issued.expires_at))
        }
        Way::Package(path, password) => {
            let issued = register_device(services, caller, organization, new, 1).await?;
            open_enrolment(services, caller, 1).await?;
            let request = RequestId::from_uuid(Uuid::new_v4());
            let visitor = Visitor { request, source: IpAddr::from([127, 0, 0, 1]) };
            let wanted = Wanted::Package(password.clone());
            let enrolled = enrol_device(services, visitor, &issued.code, wanted).await?;
            close_enrolment(services, caller).await?;
            if let Enrolled::Package { file, .. } = enrolled {
                files::write_private(path, file.expose_secret())?;
            }
            Ok(DeviceDone::Package(path.clone()))
        }
    }
}

/// Says what was made and what comes next.
pub(super) fn tell(config: &Config, settings: Option<&Path>, done: &Done, missing: &[String]) {
    let key = files::key_path(config);
    let mut lines = vec![
        String::new(),
        "✓ 初期設定が終わりました。 / Tasuki is set up.".to_owned(),
        format!("  親鍵 / root key: {}", key.display()),
        format!("  認証局の証明書(端末に入れるもの) / the authority's certificate: {}", done.authority.display()),
        format!("  その指紋(端末の画面と見比べます) / its fingerprint, SHA-256: {}", done.fingerprint),
        format!("  アクセスログの公開鍵(控えてください) / the log's public key: {}", done.key_id),
        String::new(),
        "■ 最初のログインのコード(本人に渡してください。一度だけ表示します) / Codes for the first sign-in, shown once:".to_owned(),
    ];
    for (who, code, until) in &done.codes {
        lines.push(format!("  {who}: {}({} まで / until)", **code, time(*until)));
    }
    match &done.device {
        DeviceDone::Code(code, until) => {
            lines.push("■ 最初の端末のコード / The first device's code:".to_owned());
            lines.push(format!("  {}({} まで / until)", **code, time(*until)));
            let (name, port) = (config.server.name.as_str(), config.server.enrolment_listen.port());
            lines.push(format!("  https://{name}:{port}/#code={}", **code));
        }
        DeviceDone::Package(path) => {
            lines.push(format!("■ 最初の端末の証明書 / The first device's certificate: {}", path.display()));
            lines.push(
                "  端末に取り込んだら、このファイルは消してください。 / Delete it once it is imported."
                    .to_owned(),
            );
        }
    }
    if !missing.is_empty() {
        lines.extend(to_write(settings, missing));
    }
    lines.extend(next_steps(config, settings));
    lines.iter().for_each(|line| output::line(line));
}

/// The settings' file says otherwise than what was answered: without these lines the server does not start.
fn to_write(settings: Option<&Path>, missing: &[String]) -> Vec<String> {
    let file = settings.map_or_else(|| "tasuki.toml".to_owned(), |path| path.display().to_string());
    let mut lines = vec![
        String::new(),
        format!(
            "■ 起動の前に、設定ファイル {file} を次のように直してください / Before the start, write into the settings:"
        ),
    ];
    lines.extend(missing.iter().map(|line| format!("  {line}")));
    lines
}

fn next_steps(config: &Config, settings: Option<&Path>) -> Vec<String> {
    let option = settings.map(|path| format!(" --config {}", path.display())).unwrap_or_default();
    let name = &config.server.name;
    let mut steps = vec![
        String::new(),
        "■ 次にすること / Next:".to_owned(),
        "  1. 復旧シートを金庫に入れてください。 / Lock the recovery sheet away.".to_owned(),
    ];
    if config.unlock.method == UnlockMethod::SystemdCredential {
        steps.push(format!(
            "  2. systemd-creds encrypt --name={} {} /etc/tasuki/{0}.cred — そのあと元のファイルは取り外して金庫へ。 / then take the file away.",
            config.unlock.credential,
            config.unlock.key_file.display()
        ));
    } else {
        steps.push(format!(
            "  2. サーバーを起動: systemctl start tasuki(または tasuki{option} serve) / Start the server."
        ));
    }
    let enrolment = config.server.enrolment_listen.port();
    let door = config.server.listen.port();
    steps.extend([
        format!("  3. 端末で https://{name}:{enrolment} を開き、端末のコードで登録します。 / Enrol the device there."),
        format!("  4. https://{name}:{door} を開き、登録コードで最初のログインをします。 / Sign in for the first time."),
        format!("  5. tasuki{option} check で確かめ、backup.folder を設定して tasuki backup を毎日実行します。 / Check, then back up daily."),
    ]);
    steps
}

//! What `init` asks: the name, the first employer and people, the first device.

use super::dns_name;
use crate::{
    cli::{Failure, device, organization, output, person, question},
    config::{Config, DnsName},
};
use secrecy::SecretString;
use std::path::PathBuf;
use tasuki_domain::{
    defaults,
    device::DeviceKind,
    job_type::JobTypeId,
    organization::{NewOrganization, OrganizationKind},
    person::NewPerson,
    problem::FieldProblem,
    role::Role,
    text::{DeviceLabel, Login, Name, Reading, Title},
};

/// Everything that was answered.
pub(super) struct Answers {
    pub organization: NewOrganization,
    pub place: Option<Title>,
    pub administrator: NewPerson,
    pub job_type: JobTypeId,
    pub others: Vec<(Role, NewPerson)>,
    pub device: FirstDevice,
}

/// The first device.
pub(super) struct FirstDevice {
    pub label: DeviceLabel,
    pub kind: DeviceKind,
    pub way: Way,
}

/// How the first device gets its certificate.
pub(super) enum Way {
    /// With a code, at the enrolment door, which stays open for so many minutes.
    Code(i64),
    /// As a file under a password.
    Package(PathBuf, SecretString),
}

/// The final name, with the reason why it is final.
pub(super) fn name(config: &Config, given: Option<&str>) -> Result<DnsName, Failure> {
    if let Some(given) = given {
        return dns_name(given).map_err(Failure::new);
    }
    output::line("");
    output::line(
        "サーバーの最終的なDNS名を決めます。職員のパスキーはこの名前に結び付いて作られ、別の名前では使えません。",
    );
    output::line("そのため、あとから変更できません。端末から引ける名前であることを確かめてください。");
    output::line("The server's DNS name is final: passkeys are made for it and work under no other.");
    question::until("DNS名 / DNS name", Some(config.server.name.as_str()), dns_name)
}

/// The data folder.
pub(super) fn data_folder(config: &Config, given: Option<PathBuf>) -> Result<PathBuf, Failure> {
    if let Some(given) = given {
        return Ok(std::path::absolute(given)?);
    }
    let default = config.server.data_folder.display().to_string();
    let typed = question::line("データフォルダー / Data folder", Some(&default))?;
    Ok(std::path::absolute(typed)?)
}

impl Answers {
    /// Asks for the rest.
    pub(super) fn ask(config: &Config) -> Result<Self, Failure> {
        heading(
            "最初の法人・事業所(ふつうは協議会の事務局)",
            "The first organization, usually the consortium's office",
        );
        let organization = first_organization()?;
        let place = question::until(
            "場所(例: 本部事務室。なければ空のまま) / Place",
            Some(""),
            |typed| {
                if typed.is_empty() { Ok(None) } else { field(Title::parse("place", typed)).map(Some) }
            },
        )?;
        heading(
            "最初の管理者(職員管理とシステム管理。あとで分けられます)",
            "The first administrator (staff and system; can be split later)",
        );
        let administrator = one_person()?;
        let jobs: Vec<String> =
            defaults::JOB_TYPES.iter().map(|(id, japanese, _)| format!("{}={japanese}", id.0)).collect();
        output::line(&format!("  {}", jobs.join(" ")));
        let job_type = question::until("職種 / Job type", Some("事務"), person::job_type)?;
        let others = others()?;
        let device = first_device(config)?;
        Ok(Self { organization, place, administrator, job_type: JobTypeId(job_type), others, device })
    }
}

fn heading(japanese: &str, english: &str) {
    output::line("");
    output::line(&format!("■ {japanese}"));
    output::line(&format!("  {english}"));
}

fn field<T>(parsed: Result<T, FieldProblem>) -> Result<T, String> {
    parsed.map_err(|problem| format!("{} / {}", problem.rule.japanese(), problem.rule.english()))
}

fn first_organization() -> Result<NewOrganization, Failure> {
    let name = question::until("名称 / Name", None, |typed| field(Title::parse("name", typed)))?;
    let kinds: Vec<String> =
        OrganizationKind::ALL.iter().map(|kind| format!("{}={}", kind.code(), kind.japanese())).collect();
    output::line(&format!("  {}", kinds.join(" ")));
    let kind = question::until("種別 / Kind", Some("協議会事務局"), |typed| {
        let numbered = typed.parse().ok().and_then(OrganizationKind::from_code);
        numbered.map_or_else(|| organization::kind(typed), Ok)
    })?;
    Ok(NewOrganization { kind, name, romaji: Reading::from_stored(String::new()), telephone: None })
}

fn one_person() -> Result<NewPerson, Failure> {
    let name = question::until("氏名 / Name", None, |typed| field(Name::parse("name", typed)))?;
    person_called(name)
}

fn person_called(name: Name) -> Result<NewPerson, Failure> {
    let reading = question::until("読み(かな) / Reading", Some(""), |typed| {
        field(Reading::parse("reading", typed))
    })?;
    let login =
        question::until("ログイン名 / Login name", None, |typed| field(Login::parse("login", typed)))?;
    Ok(NewPerson { login, name, reading, romaji: Reading::from_stored(String::new()) })
}

/// 職員管理 and 監査 exclude each other, so whoever reviews the log is somebody else.
fn others() -> Result<Vec<(Role, NewPerson)>, Failure> {
    let mut others = Vec::new();
    for (role, japanese, english) in [
        (
            Role::Audit,
            "監査者(アクセスログを点検する人。職員管理とは兼ねられません)",
            "Auditor, who reviews the access log",
        ),
        (Role::SystemAdministration, "システム管理の担当者を分ける場合", "Another system administrator"),
    ] {
        heading(&format!("{japanese}。いなければ空のまま"), &format!("{english}; leave empty if none"));
        let name = question::until("氏名 / Name", Some(""), |typed| {
            if typed.is_empty() { Ok(None) } else { field(Name::parse("name", typed)).map(Some) }
        })?;
        if let Some(name) = name {
            others.push((role, person_called(name)?));
        }
    }
    Ok(others)
}

fn first_device(config: &Config) -> Result<FirstDevice, Failure> {
    heading("最初の端末(管理者が使うもの)", "The first device, for the administrator");
    let label = question::until(
        "名前(シールに書くもの。人の名前は書きません) / Label",
        Some("事務局PC 1"),
        |typed| field(DeviceLabel::parse("label", typed)),
    )?;
    let kind = question::until(
        "種別 (desktop=パソコン, personal=個人, shared=共用) / Kind",
        Some("desktop"),
        device::kind,
    )?;
    output::line(
        "  code: 登録コードを出し、登録の受付を時間を決めて開きます(推奨)。 / A code, and the enrolment door opens for a stated time.",
    );
    output::line(
        "  p12: 証明書のファイルをここで作ります。コピーを持つ人はその端末になりすませます。 / A certificate file is made here.",
    );
    let package = question::until("渡し方 / How", Some("code"), |typed| match typed {
        "code" => Ok(false),
        "p12" => Ok(true),
        _ => Err("code か p12 で答えてください。 / Answer code or p12.".to_owned()),
    })?;
    let way = if package { package_way(config)? } else { code_way()? };
    Ok(FirstDevice { label, kind, way })
}

fn code_way() -> Result<Way, Failure> {
    let minutes = question::until(
        "受付を開く時間(分) / Minutes that enrolment stays open",
        Some("60"),
        |typed| {
            let minutes = typed.parse().ok().filter(|minutes| (1..=120).contains(minutes));
            minutes.ok_or_else(|| "1 から 120 までにしてください。 / Between 1 and 120.".to_owned())
        },
    )?;
    Ok(Way::Code(minutes))
}

fn package_way(config: &Config) -> Result<Way, Failure> {
    let default = std::env::current_dir()?.join("first-device.p12").display().to_string();
    let data = config.server.data_folder.clone();
    let path = question::until("書き出すファイル / File", Some(&default), |typed| {
        let path = std::path::absolute(typed).map_err(|error| error.to_string())?;
        if path.exists() {
            return Err("既にあります。上書きしません。 / It exists and is not overwritten.".to_owned());
        }
        if path.starts_with(&data) {
            return Err("データフォルダーの外にしてください。 / Outside the data folder.".to_owned());
        }
        Ok(path)
    })?;
    for _ in 0..5 {
        let password =
            question::secret("ファイルのパスワード(12文字以上) / Password of the file (12 or more)")?;
        if (12..=128).contains(&password.chars().count()) {
            return Ok(Way::Package(path, SecretString::from(password.as_str().to_owned())));
        }
        output::line("  ✗ 12文字以上、128文字以内にしてください。 / Between 12 and 128 characters.");
    }
    Err(Failure::new(
        "パスワードが決まりませんでした。何も作成していません。\n  No password was chosen; nothing was made.",
    ))
}

//! People, their posts, roles and one-time codes from the console.

use super::{
    consortium,
    told::{Told, time},
};
use crate::usecase::{
    Services, UseCaseError,
    consortium::{
        FirstPost, PeopleQuestion, PersonView, create_person, create_post, disable_person, end_post,
        end_role, grant_role, read_organizations, read_people, read_roles, reconfirm_post,
    },
    sign_in::{IssuedCode, issue_enrolment_code, reset_person},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use tasuki_domain::{
    defaults,
    id::{OrganizationId, PersonId, PostId, RoleId},
    job_type::JobTypeId,
    person::{NewPerson, NewPost},
    policy::{Caller, PostFact},
    problem::{FieldProblem, FieldRule},
    role::{Role, Scope},
    text::{Login, Name, Reading},
    time::Timestamp,
};
use tasuki_store::table::person;

/// What can be asked about people. A person is named by login name or id, an organization by name or id; no
/// organization is the whole consortium.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum PeopleCommand {
    /// The register.
    List {
        /// Whose; every employer's when not given.
        organization: Option<String>,
    },
    /// A new person with a first post.
    Create {
        /// The employer.
        organization: String,
        /// The login name.
        login: String,
        /// As written.
        name: String,
        /// In kana.
        reading: String,
        /// Number of the job type.
        job_type: i16,
    },
    /// A one-time code for the first sign-in.
    Code {
        /// For whom.
        person: String,
    },
    /// Everything of the person ends, a new code is issued.
    Reset {
        /// Whose.
        person: String,
    },
    /// A person is cut off.
    Disable {
        /// Who.
        person: String,
    },
    /// Another post.
    Post {
        /// Whose.
        person: String,
        /// At which employer.
        organization: String,
        /// Number of the job type.
        job_type: i16,
    },
    /// A post ends now.
    EndPost {
        /// Its id.
        post: PostId,
    },
    /// The employer's yes to a suspended post.
    ReconfirmPost {
        /// Its id.
        post: PostId,
    },
    /// The roles that reach an employer.
    Roles {
        /// Which.
        organization: String,
    },
    /// A role is given.
    GiveRole {
        /// To whom.
        person: String,
        /// Which.
        role: Role,
        /// For which employer.
        organization: Option<String>,
    },
    /// A role is taken back.
    EndRole {
        /// Its id.
        held: RoleId,
    },
}

pub(super) async fn execute(
    services: &Services,
    caller: &Caller,
    command: PeopleCommand,
) -> Result<Told, UseCaseError> {
    match command {
        PeopleCommand::List { organization } => list(services, caller, organization).await,
        PeopleCommand::Create { organization, login, name, reading, job_type } => {
            let organization = consortium::find(services, caller, &organization).await?;
            let new = NewPerson {
                login: Login::parse("login", &login)?,
                name: Name::parse("name", &name)?,
                reading: Reading::parse("reading", &reading)?,
                romaji: Reading::parse("romaji", "")?,
            };
            let first = FirstPost { place: None, job_type: JobTypeId(job_type), from: None, until: None };
            let created = create_person(services, caller, organization, new, first).await?;
            Ok(Told::line(
                format!("登録しました: {}。次に: tasuki person code {login}", created.person),
                "Registered. Next: `tasuki person code`.",
            ))
        }
        PeopleCommand::Code { person } => {
            let person = find(services, &person).await?;
            Ok(code(&issue_enrolment_code(services, caller, person).await?))
        }
        PeopleCommand::Reset { person } => {
            let person = find(services, &person).await?;
            Ok(code(&reset_person(services, caller, person).await?))
        }
        PeopleCommand::Disable { person } => {
            let person = find(services, &person).await?;
            disable_person(services, caller, person).await?;
            Ok(Told::line(
                "停止しました。ログインは、開いている接続も含めて終わりました。",
                "Disabled; every session ended, open connections included.",
            ))
        }
        other => posts_and_roles(services, caller, other).await,
    }
}

async fn posts_and_roles(
    services: &Services,
    caller: &Caller,
    command: PeopleCommand,
) -> Result<Told, UseCaseError> {
    match command {
        PeopleCommand::Post { person, organization, job_type } => {
            let person = find(services, &person).await?;
            let organization = consortium::find(services, caller, &organization).await?;
            let new = NewPost { person, place: None, job_type: JobTypeId(job_type), from: None, until: None };
            let post = create_post(services, caller, organization, new).await?;
            Ok(Told::line(format!("登録しました: {post}"), "Registered."))
        }
        PeopleCommand::EndPost { post } => {
            end_post(services, caller, post, None).await?;
            Ok(Told::line("所属を終了しました。", "The post has ended."))
        }
        PeopleCommand::ReconfirmPost { post } => {
            reconfirm_post(services, caller, post).await?;
            Ok(Told::line("所属を再確認しました。", "The post is confirmed again."))
        }
        PeopleCommand::GiveRole { person, role, organization } => {
            let person = find(services, &person).await?;
            let scope = match organization {
                None => Scope::Consortium,
                Some(named) => Scope::Organization(consortium::find(services, caller, &named).await?),
            };
            let held = grant_role(services, caller, person, (role, scope)).await?;
            Ok(Told::line(format!("役割「{}」を付与しました: {held}", role.japanese()), "The role is given."))
        }
        PeopleCommand::EndRole { held } => {
            end_role(services, caller, held).await?;
            Ok(Told::line("役割を終了しました。", "The role has ended."))
        }
        PeopleCommand::Roles { organization } => {
            let organization = consortium::find(services, caller, &organization).await?;
            roles(services, caller, organization).await
        }
        _ => Err(UseCaseError::Missing),
    }
}

/// A code as shown once.
pub(super) fn code(issued: &IssuedCode) -> Told {
    let told = Told::line(
        format!("登録コード: {}({} まで。一度だけ表示します)", *issued.code, time(issued.expires_at)),
        "One-time code; it is not shown again.",
    );
    if !issued.waits {
        return told;
    }
    told.and("▲ このコードは、職員管理の担当者(発行した人以外)が画面で確認するまで使えません。")
        .and("  It counts once a second person with 職員管理 has confirmed it.")
}

async fn list(
    services: &Services,
    caller: &Caller,
    organization: Option<String>,
) -> Result<Told, UseCaseError> {
    let only = match organization {
        Some(named) => Some(consortium::find(services, caller, &named).await?),
        None => None,
    };
    let mut rows = Vec::new();
    for view in read_organizations(services, caller).await? {
        let organization = view.fact.organization;
        if only.is_some_and(|only| only != organization) {
            continue;
        }
        let mut roles: BTreeMap<PersonId, BTreeSet<Role>> = BTreeMap::new();
        for held in read_roles(services, caller, organization, None).await? {
            roles.entry(held.row.person).or_default().insert(held.row.role.role);
        }
        let mut after = None;
        loop {
            let question = PeopleQuestion { organization, after, limit: 200 };
            let page = read_people(services, caller, question).await?;
            let held = |person: &PersonId| {
                let words = roles.get(person).into_iter().flatten().map(|role| role.japanese());
                words.collect::<Vec<_>>().join("・")
            };
            rows.extend(page.people.iter().map(|person| {
                row(person, &view.name.name, held(&person.record.fact.person), services.now())
            }));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    rows.sort();
    Ok(Told::table(&["法人・事業所", "氏名", "ログイン名", "職種", "役割", "状態", "ID"], rows))
}

fn row(view: &PersonView, organization: &str, roles: String, now: Timestamp) -> Vec<String> {
    let record = &view.record;
    let live: Vec<&PostFact> = view.posts.iter().filter(|post| post.period.until > now).collect();
    let jobs: Vec<&str> = live.iter().map(|post| job(post.job_type)).collect();
    let state = if !record.fact.period.contains(now) {
        "停止"
    } else if live.is_empty() {
        "所属なし"
    } else if live.iter().all(|post| !post.is_live(now)) {
        "確認待ち"
    } else {
        "有効"
    };
    vec![
        organization.to_owned(),
        record.name.name.clone(),
        record.login.clone(),
        jobs.join("・"),
        roles,
        state.to_owned(),
        record.fact.person.to_string(),
    ]
}

fn job(job_type: JobTypeId) -> &'static str {
    let known = defaults::JOB_TYPES.iter().find(|(id, ..)| *id == job_type);
    known.map_or("(追加の職種)", |(_, japanese, _)| japanese)
}

async fn roles(
    services: &Services,
    caller: &Caller,
    organization: OrganizationId,
) -> Result<Told, UseCaseError> {
    let rows = read_roles(services, caller, organization, None).await?.into_iter().map(|view| {
        let reach = match view.row.role.scope {
            Scope::Consortium => "協議会全体",
            Scope::Organization(_) => "この法人・事業所",
        };
        vec![
            view.name.name.clone(),
            view.row.role.role.japanese().to_owned(),
            reach.to_owned(),
            time(view.row.role.period.from),
            view.row.held.to_string(),
        ]
    });
    Ok(Told::table(&["氏名", "役割", "範囲", "開始", "ID"], rows.collect()))
}

async fn find(services: &Services, named: &str) -> Result<PersonId, UseCaseError> {
    if let Ok(id) = named.parse::<PersonId>() {
        return Ok(id);
    }
    let found = person::find_by_login(&services.store, named).await?;
    found.ok_or_else(|| FieldProblem::new("person", FieldRule::Choice).into())
}

//! Organizations and places from the console.

use super::told::{Told, time};
use crate::usecase::{
    Services, UseCaseError,
    consortium::{
        OrganizationView, create_organization, create_place, end_organization, end_place, read_organizations,
        read_places,
    },
};
use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::{OrganizationId, PlaceId},
    organization::{NewOrganization, NewPlace, OrganizationKind, PlaceKind},
    policy::Caller,
    problem::{FieldProblem, FieldRule},
    text::{Reading, Telephone, Title},
};

/// What can be asked about organizations and places. An organization is named by its name or its id.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum ConsortiumCommand {
    /// Every organization.
    Organizations {},
    /// A new one.
    CreateOrganization {
        /// Its name.
        name: String,
        /// Its name in Latin letters.
        romaji: String,
        /// What it is.
        kind: OrganizationKind,
        /// Where it is called; may be empty.
        telephone: String,
    },
    /// One leaves.
    EndOrganization {
        /// Which.
        organization: String,
    },
    /// The places of one.
    Places {
        /// Whose.
        organization: String,
    },
    /// A new place.
    CreatePlace {
        /// Whose.
        organization: String,
        /// Its name.
        name: String,
        /// What it is.
        kind: PlaceKind,
        /// The id of what it lies in.
        parent: Option<PlaceId>,
    },
    /// A place is given up.
    EndPlace {
        /// Its id.
        place: PlaceId,
    },
}

pub(super) async fn execute(
    services: &Services,
    caller: &Caller,
    command: ConsortiumCommand,
) -> Result<Told, UseCaseError> {
    match command {
        ConsortiumCommand::Organizations {} => organizations(services, caller).await,
        ConsortiumCommand::CreateOrganization { name, romaji, kind, telephone } => {
            let number =
                (!telephone.is_empty()).then(|| Telephone::parse("telephone", &telephone)).transpose()?;
            let (name, romaji) = (Title::parse("name", &name)?, Reading::parse("romaji", &romaji)?);
            let new = NewOrganization { kind, name, romaji, telephone: number };
            let id = create_organization(services, caller, new).await?;
            Ok(Told::line(format!("登録しました: {id}"), "Registered."))
        }
        ConsortiumCommand::EndOrganization { organization } => {
            let organization = find(services, caller, &organization).await?;
            end_organization(services, caller, organization).await?;
            Ok(Told::line(
                "終了しました。所属・役割・端末・ログインもすべて終わりました。",
                "Ended, with its posts, roles, devices and sessions.",
            ))
        }
        ConsortiumCommand::Places { organization } => {
            let organization = find(services, caller, &organization).await?;
            places(services, caller, organization).await
        }
        ConsortiumCommand::CreatePlace { organization, name, kind, parent } => {
            let organization = find(services, caller, &organization).await?;
            let new = NewPlace { parent, kind, name: Title::parse("name", &name)?, position: None };
            let id = create_place(services, caller, organization, new).await?;
            Ok(Told::line(format!("登録しました: {id}"), "Registered."))
        }
        ConsortiumCommand::EndPlace { place } => {
            end_place(services, caller, place).await?;
            Ok(Told::line("終了しました。", "Ended."))
        }
    }
}

async fn organizations(services: &Services, caller: &Caller) -> Result<Told, UseCaseError> {
    let found = read_organizations(services, caller).await?;
    let row = |view: OrganizationView| {
        vec![
            view.name.name.clone(),
            view.fact.kind.japanese().to_owned(),
            time(view.fact.period.from),
            time(view.fact.period.until),
            view.fact.organization.to_string(),
        ]
    };
    Ok(Told::table(&["名称", "種別", "開始", "終了", "ID"], found.into_iter().map(row).collect()))
}

async fn places(
    services: &Services,
    caller: &Caller,
    organization: OrganizationId,
) -> Result<Told, UseCaseError> {
    let found = read_places(services, caller, organization).await?;
    let rows = found.into_iter().map(|view| {
        let parent = view.fact.parent.map_or_else(|| "-".to_owned(), |parent| parent.to_string());
        vec![
            view.name.name.clone(),
            view.fact.kind.japanese().to_owned(),
            view.fact.place.to_string(),
            parent,
        ]
    });
    Ok(Told::table(&["名称", "種別", "ID", "上の場所"], rows.collect()))
}

/// The organization of a name, or of an id; a name that two bear names none.
pub(super) async fn find(
    services: &Services,
    caller: &Caller,
    named: &str,
) -> Result<OrganizationId, UseCaseError> {
    if let Ok(id) = named.parse::<OrganizationId>()
        && services.store.facts().organization(id).is_some()
    {
        return Ok(id);
    }
    let now = services.now();
    let all = read_organizations(services, caller).await?;
    let mut fitting = all.iter().filter(|view| view.fact.period.contains(now) && view.name.name == named);
    match (fitting.next(), fitting.next()) {
        (Some(view), None) => Ok(view.fact.organization),
        _ => Err(FieldProblem::new("organization", FieldRule::Choice).into()),
    }
}

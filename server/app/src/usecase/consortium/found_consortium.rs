//! The beginning: the first employer and its first administrator, at the console, in one transaction.

use super::create_person::{FirstPost, post_detail};
use crate::usecase::{Services, UseCaseError};
use tasuki_domain::{
    access::Detail,
    id::{OrganizationId, PersonId, PostId, RoleId},
    organization::NewOrganization,
    person::{NewPerson, NewPost},
    policy::{Caller, CreateOrganization, CreatePerson, CreatePost, Grant, GrantRole, Initialise},
    role::{Role, Scope},
};
use tasuki_store::{Batch, Done, Work, WorkError, table};
use uuid::Uuid;

/// Who begins.
#[derive(Clone, Debug)]
pub struct FoundingCommand {
    /// The first employer, usually the consortium's office.
    pub organization: NewOrganization,
    /// The first administrator.
    pub person: NewPerson,
    /// What that person works as.
    pub post: FirstPost,
}

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Founded {
    /// The first employer.
    pub organization: OrganizationId,
    /// The first administrator.
    pub person: PersonId,
    /// Their post.
    pub post: PostId,
}

/// Founds the consortium: employer, person, post, and the roles 職員管理 and システム管理 for the whole consortium.
/// Whoever reviews the log is somebody else, named later.
///
/// # Errors
/// The refusal (only the console founds); conflict `consortium.founded` when there is an employer already.
pub async fn found_consortium(
    services: &Services,
    caller: &Caller,
    command: FoundingCommand,
) -> Result<Founded, UseCaseError> {
    let founded = Founded {
        organization: OrganizationId::from_uuid(Uuid::new_v4()),
        person: PersonId::from_uuid(Uuid::new_v4()),
        post: PostId::from_uuid(Uuid::new_v4()),
    };
    let Founded { organization, person, post } = founded;
    let store = &services.store;
    let mut roles = Vec::new();
    for role in [Role::StaffAdministration, Role::SystemAdministration] {
        let held = RoleId::from_uuid(Uuid::new_v4());
        roles.push(store.decide(caller, GrantRole { person, role, scope: Scope::Consortium, held }).await?);
    }
    let work = Beginning {
        initialise: store.decide(caller, Initialise {}).await?,
        organization: store.decide(caller, CreateOrganization { organization }).await?,
        person: store.decide(caller, CreatePerson { organization, person }).await?,
        post: store.decide(caller, CreatePost { organization, post }).await?,
        roles,
        first: command.post.of(person),
        command,
    };
    store.write(work).await?;
    Ok(founded)
}

struct Beginning {
    initialise: Grant<Initialise>,
    organization: Grant<CreateOrganization>,
    person: Grant<CreatePerson>,
    post: Grant<CreatePost>,
    roles: Vec<Grant<GrantRole>>,
    first: NewPost,
    command: FoundingCommand,
}

impl Work for Beginning {
    type Output = ();

    async fn run(&self, batch: &mut Batch) -> Result<Done<()>, WorkError> {
        if batch.facts().await?.organizations().next().is_some() {
            return Err(WorkError::Conflict("consortium.founded"));
        }
        let proof = batch.record(&self.initialise, Detail::default()).await?;
        let kind = Detail::default().with("kind", self.command.organization.kind.text());
        batch.record(&self.organization, kind).await?;
        table::organization::create(batch, &self.organization, &self.command.organization).await?;
        batch.record(&self.person, Detail::default()).await?;
        table::person::create(batch, &self.person, &self.command.person).await?;
        batch.record(&self.post, post_detail(&self.first)).await?;
        table::post::create(batch, &self.post, &self.first).await?;
        for role in &self.roles {
            let act = role.act();
            let detail = Detail::default().with("person", act.person).with("role", act.role.text());
            batch.record(role, detail.with("scope", "consortium")).await?;
            table::role::give(batch, role).await?;
        }
        Ok(Done::new((), proof))
    }
}

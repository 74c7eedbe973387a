//! wire: roles, 役割.

use serde::{Deserialize, Serialize};
use tasuki_domain::{
    id::{OrganizationId, PersonId, RoleId},
    role::{Role, Scope},
};
use utoipa::{IntoParams, ToSchema};

/// A role as held by somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldRole {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub held: RoleId,
    /// Who holds it.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// What the holder is called.
    pub name: String,
    /// `staff_administration`, `system_administration`, `audit` or `maintenance`.
    #[schema(value_type = String)]
    pub role: Role,
    /// The employer that it reaches; null for the whole consortium.
    #[schema(value_type = Option<Uuid>)]
    pub organization: Option<OrganizationId>,
    /// Since when, µs UTC.
    pub from: i64,
}

/// The roles that reach an employer.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldRoles {
    /// By the time of giving.
    pub roles: Vec<HeldRole>,
}

/// Whose roles.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RolesQuestion {
    /// The employer that they reach.
    #[param(value_type = Uuid)]
    pub organization: OrganizationId,
    /// Only those of this person.
    #[param(value_type = Option<Uuid>)]
    pub person: Option<PersonId>,
}

/// A role to give.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRole {
    /// To whom; never to oneself.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// `staff_administration`, `system_administration`, `audit` or `maintenance`.
    #[schema(value_type = String)]
    role: Role,
    /// The employer that it reaches; null for the whole consortium. Must be said.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(value_type = Option<Uuid>)]
    organization: Option<OrganizationId>,
}

impl GrantRole {
    /// What, and how far.
    #[must_use]
    pub fn parse(&self) -> (Role, Scope) {
        (self.role, self.organization.map_or(Scope::Consortium, Scope::Organization))
    }
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantedRole {
    /// The role as held.
    #[schema(value_type = Uuid)]
    pub held: RoleId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_whole_consortium_is_never_meant_by_silence() {
        let person = Uuid::from_u128(1);
        let silent = format!(r#"{{"person":"{person}","role":"audit"}}"#);
        assert!(serde_json::from_str::<GrantRole>(&silent).is_err());
        let said = format!(r#"{{"person":"{person}","role":"audit","organization":null}}"#);
        let role: GrantRole = serde_json::from_str(&said).unwrap();
        assert_eq!(role.parse(), (Role::Audit, Scope::Consortium));
    }
}

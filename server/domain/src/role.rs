//! Roles: 役割, what a person administers. A role never gives content.

use crate::{coded::coded, id::OrganizationId, time::Interval};
use serde::{Deserialize, Serialize};

coded! {
    /// What a person administers.
    Role {
        /// 職員管理: people, posts, patients' registration and care teams.
        StaffAdministration = 1, "staff_administration", "職員管理";
        /// システム管理: devices, settings, keys, backup.
        SystemAdministration = 2, "system_administration", "システム管理";
        /// 監査: reads the access log.
        Audit = 3, "audit", "監査";
        /// 保守: maintenance on order.
        Maintenance = 4, "maintenance", "保守";
    }
}

/// How far a role reaches.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One organization.
    Organization(OrganizationId),
    /// The whole consortium (its office).
    Consortium,
}

impl Scope {
    /// Whether what belongs to `organization` (`None`: to the consortium itself) lies within.
    #[must_use]
    pub fn covers(self, organization: Option<OrganizationId>) -> bool {
        match self {
            Self::Consortium => true,
            Self::Organization(own) => organization == Some(own),
        }
    }

    /// Whether both reach a common organization.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        match (self, other) {
            (Self::Organization(one), Self::Organization(two)) => one == two,
            _ => true,
        }
    }
}

/// A role held by a person for a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeldRole {
    /// The role.
    pub role: Role,
    /// How far it reaches.
    pub scope: Scope,
    /// From when to when.
    pub period: Interval,
}

/// Whether one person may not hold both: 職員管理 and 監査 exclude each other for the same organization.
#[must_use]
pub fn exclude_each_other(one: (Role, Scope), two: (Role, Scope)) -> bool {
    let pair = [one.0, two.0];
    pair.contains(&Role::StaffAdministration) && pair.contains(&Role::Audit) && one.1.overlaps(two.1)
}

//! Job types: 職種. A table that the consortium may extend; these are the ones it starts with.

use serde::{Deserialize, Serialize};

/// A job type's number in the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobTypeId(pub i16);

impl JobTypeId {
    /// 医師
    pub const DOCTOR: Self = Self(1);
    /// 歯科医師
    pub const DENTIST: Self = Self(2);
    /// 薬剤師
    pub const PHARMACIST: Self = Self(3);
    /// 看護師
    pub const NURSE: Self = Self(4);
    /// 准看護師
    pub const ASSISTANT_NURSE: Self = Self(5);
    /// 介護職
    pub const CARE_WORKER: Self = Self(6);
    /// リハビリ職(PT/OT/ST)
    pub const THERAPIST: Self = Self(7);
    /// 管理栄養士
    pub const DIETITIAN: Self = Self(8);
    /// 介護支援専門員
    pub const CARE_MANAGER: Self = Self(9);
    /// 相談員
    pub const SOCIAL_WORKER: Self = Self(10);
    /// 事務
    pub const CLERK: Self = Self(11);
}

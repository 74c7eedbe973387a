//! Information classes: 情報区分. A table that the consortium may extend; with the job type it forms the rights matrix.

use serde::{Deserialize, Serialize};

/// An information class's number in the table, 1 to 63.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InfoClassId(pub i16);

impl InfoClassId {
    /// 安全情報: readable by every team member.
    pub const SAFETY: Self = Self(1);
    /// 一般
    pub const GENERAL: Self = Self(2);
    /// 生活
    pub const DAILY_LIFE: Self = Self(3);
    /// バイタル
    pub const VITAL_SIGNS: Self = Self(4);
    /// 診療
    pub const MEDICAL: Self = Self(5);
    /// 服薬
    pub const MEDICATION: Self = Self(6);
    /// 家族・社会背景
    pub const SOCIAL: Self = Self(7);
    /// 特に注意を要する情報
    pub const SENSITIVE: Self = Self(8);
    /// The highest number that a [`ClassSet`] can hold.
    pub const MAXIMUM: i16 = 63;
}

/// A set of information classes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct ClassSet(u64);

impl ClassSet {
    /// No class.
    pub const NONE: Self = Self(0);
    /// Every class; for rooms in which classes have no meaning (staff rooms).
    pub const EVERY: Self = Self(u64::MAX);

    /// This set with one class more; a number outside of 0–63 is ignored.
    #[must_use]
    pub fn with(self, class: InfoClassId) -> Self {
        Self(self.0 | Self::bit(class))
    }

    /// Whether the class is in the set.
    #[must_use]
    pub fn contains(self, class: InfoClassId) -> bool {
        self.0 & Self::bit(class) != 0
    }

    /// What is in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The classes, ascending.
    pub fn iter(self) -> impl Iterator<Item = InfoClassId> {
        (0..=InfoClassId::MAXIMUM).map(InfoClassId).filter(move |class| self.contains(*class))
    }

    fn bit(class: InfoClassId) -> u64 {
        u32::try_from(class.0).ok().and_then(|shift| 1_u64.checked_shl(shift)).unwrap_or(0)
    }
}

impl FromIterator<InfoClassId> for ClassSet {
    fn from_iter<I: IntoIterator<Item = InfoClassId>>(classes: I) -> Self {
        classes.into_iter().fold(Self::NONE, Self::with)
    }
}

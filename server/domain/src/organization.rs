//! Employers and their places: 法人・事業所, 場所.

use crate::{
    coded::coded,
    id::PlaceId,
    text::{Reading, Telephone, Title},
};

coded! {
    /// What an organization is (FHIR Organization.type).
    OrganizationKind {
        /// 特別養護老人ホーム
        NursingHome = 1, "nursing_home", "特別養護老人ホーム";
        /// グループホーム
        GroupHome = 2, "group_home", "グループホーム";
        /// 障害者支援施設
        DisabilityHome = 3, "disability_home", "障害者支援施設";
        /// 訪問看護ステーション
        VisitingNursing = 4, "visiting_nursing", "訪問看護ステーション";
        /// 薬局
        Pharmacy = 5, "pharmacy", "薬局";
        /// 歯科診療所
        DentalClinic = 6, "dental_clinic", "歯科診療所";
        /// 診療所
        Clinic = 7, "clinic", "診療所";
        /// 病院
        Hospital = 8, "hospital", "病院";
        /// 居宅介護支援事業所
        CareManagement = 9, "care_management", "居宅介護支援事業所";
        /// 協議会事務局
        ConsortiumOffice = 10, "consortium_office", "協議会事務局";
    }
}

coded! {
    /// What a place is.
    PlaceKind {
        /// 棟
        Building = 1, "building", "棟";
        /// 階
        Floor = 2, "floor", "階";
        /// 居室
        Room = 3, "room", "居室";
        /// 事務室・詰所
        Office = 4, "office", "事務室・詰所";
        /// 地区(訪問)
        Area = 5, "area", "地区";
    }
}

/// A new organization.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    /// What it is.
    pub kind: OrganizationKind,
    /// Its name.
    pub name: Title,
    /// Its name in Latin letters; may be empty.
    pub romaji: Reading,
    /// Where it is called.
    pub telephone: Option<Telephone>,
}

/// What changes of an organization; the rest stays.
#[derive(Clone, Debug)]
pub struct OrganizationChange {
    /// The version that the caller saw.
    pub version: i64,
    /// What it is.
    pub kind: Option<OrganizationKind>,
    /// Its name.
    pub name: Option<Title>,
    /// Its name in Latin letters.
    pub romaji: Option<Reading>,
    /// Where it is called; `Some(None)` takes the number away.
    pub telephone: Option<Option<Telephone>>,
}

/// A new place.
#[derive(Clone, Debug)]
pub struct NewPlace {
    /// What it lies in; `None` is the top.
    pub parent: Option<PlaceId>,
    /// What it is.
    pub kind: PlaceKind,
    /// Its name.
    pub name: Title,
    /// Its place among its siblings, from 0; last when not given.
    pub position: Option<usize>,
}

/// What changes of a place; the rest stays.
#[derive(Clone, Debug)]
pub struct PlaceChange {
    /// The version that the caller saw.
    pub version: i64,
    /// What it is.
    pub kind: Option<PlaceKind>,
    /// Its name.
    pub name: Option<Title>,
    /// What it lies in; `Some(None)` is the top.
    pub parent: Option<Option<PlaceId>>,
    /// Its place among its siblings, from 0.
    pub position: Option<usize>,
}

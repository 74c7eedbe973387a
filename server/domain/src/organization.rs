//! Employers and their places: 法人・事業所, 場所.

use crate::coded::coded;

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

//! Patients: 患者・利用者. What is known of the person cared for, all of it sealed where it is stored.

use crate::{
    coded::coded,
    id::PatientId,
    text::{Area, Fact, Name, Note, Reading, RoomNumber},
};
use jiff::civil::Date;

coded! {
    /// Sex, as in the insurance record.
    Sex {
        /// 女性
        Female = 1, "female", "女性";
        /// 男性
        Male = 2, "male", "男性";
        /// その他
        Other = 3, "other", "その他";
        /// 不明
        Unknown = 4, "unknown", "不明";
    }
}

coded! {
    /// How likely a fall is.
    FallRisk {
        /// Nobody has judged it yet.
        Unknown = 1, "unknown", "未評価";
        /// 低
        Low = 2, "low", "低";
        /// 中
        Medium = 3, "medium", "中";
        /// 高
        High = 4, "high", "高";
    }
}

coded! {
    /// Whether resuscitation is wished for. Unknown is never shown as "no".
    Dnar {
        /// Nobody has asked yet.
        Unknown = 1, "unknown", "未確認";
        /// Resuscitation is wished for.
        Resuscitate = 2, "resuscitate", "DNARなし";
        /// Do not attempt resuscitation.
        DoNotResuscitate = 3, "dnar", "DNARあり";
    }
}

coded! {
    /// 要介護度, or 障害支援区分 in homes for people with disabilities.
    CareLevel {
        /// 未確認
        Unknown = 1, "unknown", "未確認";
        /// 申請中
        Pending = 2, "pending", "申請中";
        /// 非該当(自立)
        Independent = 3, "independent", "非該当(自立)";
        /// 事業対象者
        Programme = 4, "programme", "事業対象者";
        /// 要支援1
        Support1 = 11, "support_1", "要支援1";
        /// 要支援2
        Support2 = 12, "support_2", "要支援2";
        /// 要介護1
        Care1 = 21, "care_1", "要介護1";
        /// 要介護2
        Care2 = 22, "care_2", "要介護2";
        /// 要介護3
        Care3 = 23, "care_3", "要介護3";
        /// 要介護4
        Care4 = 24, "care_4", "要介護4";
        /// 要介護5
        Care5 = 25, "care_5", "要介護5";
        /// 障害支援区分1
        Disability1 = 31, "disability_1", "障害支援区分1";
        /// 障害支援区分2
        Disability2 = 32, "disability_2", "障害支援区分2";
        /// 障害支援区分3
        Disability3 = 33, "disability_3", "障害支援区分3";
        /// 障害支援区分4
        Disability4 = 34, "disability_4", "障害支援区分4";
        /// 障害支援区分5
        Disability5 = 35, "disability_5", "障害支援区分5";
        /// 障害支援区分6
        Disability6 = 36, "disability_6", "障害支援区分6";
    }
}

/// Who the patient is and where: the identity that the register shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// As written.
    pub name: Name,
    /// In kana.
    pub reading: Reading,
    /// Sex.
    pub sex: Sex,
    /// Date of birth.
    pub birth_date: Date,
    /// The number on the door; empty where there is none.
    pub room_number: RoomNumber,
    /// Bed, wing, or district of the address.
    pub area: Area,
}

/// 安全情報 and what goes with it in the header of the patient's room. An empty text means that nobody has asked yet;
/// "none" is written out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Safety {
    /// アレルギー
    pub allergies: Fact,
    /// 感染症
    pub infections: Fact,
    /// 転倒リスク
    pub fall_risk: FallRisk,
    /// DNAR
    pub dnar: Dnar,
    /// 要介護度
    pub care_level: CareLevel,
    /// Whatever else everybody must know before touching the patient.
    pub notes: Note,
}

/// One version of what is known of a patient.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PatientFacts {
    /// Who and where.
    pub identity: Identity,
    /// What everybody must know.
    pub safety: Safety,
}

/// What changes; what is absent stays.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PatientChange {
    /// As written.
    pub name: Option<Name>,
    /// In kana.
    pub reading: Option<Reading>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Date of birth.
    pub birth_date: Option<Date>,
    /// The number on the door.
    pub room_number: Option<RoomNumber>,
    /// Bed, wing, or district of the address.
    pub area: Option<Area>,
    /// アレルギー
    pub allergies: Option<Fact>,
    /// 感染症
    pub infections: Option<Fact>,
    /// 転倒リスク
    pub fall_risk: Option<FallRisk>,
    /// DNAR
    pub dnar: Option<Dnar>,
    /// 要介護度
    pub care_level: Option<CareLevel>,
    /// Other notes for safety.
    pub notes: Option<Note>,
}

impl PatientChange {
    /// The facts with the change made.
    #[must_use]
    pub fn applied_to(&self, facts: PatientFacts) -> PatientFacts {
        let PatientFacts { identity, safety } = facts;
        PatientFacts {
            identity: Identity {
                name: self.name.clone().unwrap_or(identity.name),
                reading: self.reading.clone().unwrap_or(identity.reading),
                sex: self.sex.unwrap_or(identity.sex),
                birth_date: self.birth_date.unwrap_or(identity.birth_date),
                room_number: self.room_number.clone().unwrap_or(identity.room_number),
                area: self.area.clone().unwrap_or(identity.area),
            },
            safety: Safety {
                allergies: self.allergies.clone().unwrap_or(safety.allergies),
                infections: self.infections.clone().unwrap_or(safety.infections),
                fall_risk: self.fall_risk.unwrap_or(safety.fall_risk),
                dnar: self.dnar.unwrap_or(safety.dnar),
                care_level: self.care_level.unwrap_or(safety.care_level),
                notes: self.notes.clone().unwrap_or(safety.notes),
            },
        }
    }
}

/// Completed years on a day; 0 before the birth.
#[must_use]
pub fn age(birth_date: Date, today: Date) -> u16 {
    let years = today.year() - birth_date.year();
    let had_birthday = (today.month(), today.day()) >= (birth_date.month(), birth_date.day());
    u16::try_from(if had_birthday { years } else { years - 1 }).unwrap_or(0)
}

/// One of twelve colours, always the same one for a patient; 1 to 12.
#[must_use]
pub fn colour(patient: PatientId) -> u8 {
    u8::try_from(patient.as_uuid().as_u128() % 12).unwrap_or(0) + 1
}

/// A piece of a room number in the order in which people walk: numbers by value, the rest as text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum RoomPart {
    /// Digits.
    Number(u64),
    /// Anything else.
    Text(String),
}

/// A room number as sorted in the round: 2 comes before 10.
#[must_use]
pub fn room_order(number: &str) -> Vec<RoomPart> {
    let mut parts: Vec<RoomPart> = Vec::new();
    for character in number.chars() {
        let digit = character.to_digit(10).map(u64::from);
        match (parts.last_mut(), digit) {
            (Some(RoomPart::Number(value)), Some(digit)) => {
                *value = value.saturating_mul(10).saturating_add(digit);
            }
            (Some(RoomPart::Text(text)), None) => text.push(character),
            (_, Some(digit)) => parts.push(RoomPart::Number(digit)),
            (_, None) => parts.push(RoomPart::Text(character.to_string())),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use uuid::Uuid;

    #[test]
    fn age_changes_on_the_birthday() {
        let born = date(1939, 3, 4);
        assert_eq!(age(born, date(2026, 3, 3)), 86);
        assert_eq!(age(born, date(2026, 3, 4)), 87);
        assert_eq!(age(born, date(1930, 1, 1)), 0);
    }

    #[test]
    fn rooms_are_walked_by_number() {
        let mut rooms = ["203", "21", "A-10", "A-9", "", "3"];
        rooms.sort_by_key(|room| room_order(room));
        assert_eq!(rooms, ["", "3", "21", "203", "A-9", "A-10"]);
    }

    #[test]
    fn colours_are_one_to_twelve_and_stay() {
        for number in 0..100_u128 {
            let patient = PatientId::from_uuid(Uuid::from_u128(number * 7_919));
            assert!((1..=12).contains(&colour(patient)));
            assert_eq!(colour(patient), colour(patient));
        }
    }
}

//! What a new consortium starts with: job types, information classes and the rights matrix. Data, editable later.

use crate::{info_class::InfoClassId, job_type::JobTypeId, policy::MatrixCell};

/// Job types: number, Japanese, English.
pub const JOB_TYPES: [(JobTypeId, &str, &str); 11] = [
    (JobTypeId::DOCTOR, "医師", "Doctor"),
    (JobTypeId::DENTIST, "歯科医師", "Dentist"),
    (JobTypeId::PHARMACIST, "薬剤師", "Pharmacist"),
    (JobTypeId::NURSE, "看護師", "Nurse"),
    (JobTypeId::ASSISTANT_NURSE, "准看護師", "Assistant nurse"),
    (JobTypeId::CARE_WORKER, "介護職", "Care worker"),
    (JobTypeId::THERAPIST, "リハビリ職(PT/OT/ST)", "Therapist (PT/OT/ST)"),
    (JobTypeId::DIETITIAN, "管理栄養士", "Dietitian"),
    (JobTypeId::CARE_MANAGER, "介護支援専門員", "Care manager"),
    (JobTypeId::SOCIAL_WORKER, "相談員", "Social worker"),
    (JobTypeId::CLERK, "事務", "Clerk"),
];

/// Information classes: number, Japanese, English.
pub const INFO_CLASSES: [(InfoClassId, &str, &str); 8] = [
    (InfoClassId::SAFETY, "安全情報", "Safety"),
    (InfoClassId::GENERAL, "一般", "General"),
    (InfoClassId::DAILY_LIFE, "生活", "Daily life"),
    (InfoClassId::VITAL_SIGNS, "バイタル", "Vital signs"),
    (InfoClassId::MEDICAL, "診療", "Medical"),
    (InfoClassId::MEDICATION, "服薬", "Medication"),
    (InfoClassId::SOCIAL, "家族・社会背景", "Family and social background"),
    (InfoClassId::SENSITIVE, "特に注意を要する情報", "Particularly sensitive"),
];

/// One letter per class in the order of [`INFO_CLASSES`]: `w` reads and writes, `r` reads, `-` neither.
const MATRIX: [(JobTypeId, &str); 11] = [
    (JobTypeId::DOCTOR, "wwwwwwww"),
    (JobTypeId::DENTIST, "wwrrww-r"),
    (JobTypeId::PHARMACIST, "wwrrrw-r"),
    (JobTypeId::NURSE, "wwwwwwww"),
    (JobTypeId::ASSISTANT_NURSE, "wwwwwwr-"),
    (JobTypeId::CARE_WORKER, "wwwwrrr-"),
    (JobTypeId::THERAPIST, "wwwwrrr-"),
    (JobTypeId::DIETITIAN, "wwwrrr--"),
    (JobTypeId::CARE_MANAGER, "wwwrrrwr"),
    (JobTypeId::SOCIAL_WORKER, "wwwrr-wr"),
    (JobTypeId::CLERK, "rw------"),
];

/// The rights matrix of a new consortium.
#[must_use]
pub fn matrix() -> Vec<MatrixCell> {
    MATRIX
        .iter()
        .flat_map(|(job_type, letters)| {
            INFO_CLASSES.iter().zip(letters.chars()).map(|((class, ..), letter)| MatrixCell {
                organization: None,
                job_type: *job_type,
                class: *class,
                read: letter != '-',
                write: letter == 'w',
            })
        })
        .collect()
}

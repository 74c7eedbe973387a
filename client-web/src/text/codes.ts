// text: words for the codes of the consortium's tables, as the domain has them.
import { either } from './words.svelte'

/** A code with its words. */
export interface Coded {
  code: string
  japanese: string
  english: string
}

export const organizationKinds: Coded[] = [
  { code: 'nursing_home', japanese: '特別養護老人ホーム', english: 'Nursing home' },
  { code: 'group_home', japanese: 'グループホーム', english: 'Group home' },
  { code: 'disability_home', japanese: '障害者支援施設', english: 'Home for people with disabilities' },
  { code: 'visiting_nursing', japanese: '訪問看護ステーション', english: 'Visiting nursing' },
  { code: 'pharmacy', japanese: '薬局', english: 'Pharmacy' },
  { code: 'dental_clinic', japanese: '歯科診療所', english: 'Dental clinic' },
  { code: 'clinic', japanese: '診療所', english: 'Clinic' },
  { code: 'hospital', japanese: '病院', english: 'Hospital' },
  { code: 'care_management', japanese: '居宅介護支援事業所', english: 'Care management' },
  { code: 'consortium_office', japanese: '協議会事務局', english: 'Consortium office' },
]

export const placeKinds: Coded[] = [
  { code: 'building', japanese: '棟', english: 'Building' },
  { code: 'floor', japanese: '階', english: 'Floor' },
  { code: 'room', japanese: '居室', english: 'Room' },
  { code: 'office', japanese: '事務室・詰所', english: 'Office' },
  { code: 'area', japanese: '地区', english: 'Area' },
]

export const deviceKinds: Coded[] = [
  { code: 'shared', japanese: '共用', english: 'Shared' },
  { code: 'personal', japanese: '個人', english: 'Personal' },
  { code: 'desktop', japanese: 'パソコン', english: 'Desktop' },
]

export const deviceStates: Coded[] = [
  { code: 'waiting', japanese: '登録待ち', english: 'Waits for its certificate' },
  { code: 'live', japanese: '使用中', english: 'In use' },
  { code: 'expired', japanese: '証明書切れ', english: 'Certificate expired' },
  { code: 'revoked', japanese: '失効', english: 'Revoked' },
]

export const sexes: Coded[] = [
  { code: 'female', japanese: '女性', english: 'Female' },
  { code: 'male', japanese: '男性', english: 'Male' },
  { code: 'other', japanese: 'その他', english: 'Other' },
  { code: 'unknown', japanese: '不明', english: 'Unknown' },
]

export const fallRisks: Coded[] = [
  { code: 'unknown', japanese: '未評価', english: 'Not assessed' },
  { code: 'low', japanese: '低', english: 'Low' },
  { code: 'medium', japanese: '中', english: 'Medium' },
  { code: 'high', japanese: '高', english: 'High' },
]

export const dnars: Coded[] = [
  { code: 'unknown', japanese: '未確認', english: 'Not known' },
  { code: 'resuscitate', japanese: 'DNARなし', english: 'Resuscitate' },
  { code: 'dnar', japanese: 'DNARあり', english: 'DNAR' },
]

export const careLevels: Coded[] = [
  { code: 'unknown', japanese: '未確認', english: 'Not known' },
  { code: 'pending', japanese: '申請中', english: 'Applied for' },
  { code: 'independent', japanese: '非該当(自立)', english: 'Independent' },
  { code: 'programme', japanese: '事業対象者', english: 'Programme' },
  { code: 'support_1', japanese: '要支援1', english: 'Support level 1' },
  { code: 'support_2', japanese: '要支援2', english: 'Support level 2' },
  { code: 'care_1', japanese: '要介護1', english: 'Care level 1' },
  { code: 'care_2', japanese: '要介護2', english: 'Care level 2' },
  { code: 'care_3', japanese: '要介護3', english: 'Care level 3' },
  { code: 'care_4', japanese: '要介護4', english: 'Care level 4' },
  { code: 'care_5', japanese: '要介護5', english: 'Care level 5' },
  { code: 'disability_1', japanese: '障害支援区分1', english: 'Disability support 1' },
  { code: 'disability_2', japanese: '障害支援区分2', english: 'Disability support 2' },
  { code: 'disability_3', japanese: '障害支援区分3', english: 'Disability support 3' },
  { code: 'disability_4', japanese: '障害支援区分4', english: 'Disability support 4' },
  { code: 'disability_5', japanese: '障害支援区分5', english: 'Disability support 5' },
  { code: 'disability_6', japanese: '障害支援区分6', english: 'Disability support 6' },
]

export const givers: Coded[] = [
  { code: 'patient', japanese: '本人', english: 'The patient' },
  { code: 'family', japanese: '家族', english: 'Family' },
  { code: 'guardian', japanese: '後見人', english: 'Guardian' },
]

export const roles: Coded[] = [
  { code: 'staff_administration', japanese: '職員管理', english: 'Staff administration' },
  { code: 'system_administration', japanese: 'システム管理', english: 'System administration' },
  { code: 'audit', japanese: '監査', english: 'Audit' },
  { code: 'maintenance', japanese: '保守', english: 'Maintenance' },
]

export const patientStates: Coded[] = [
  { code: 'in_care', japanese: '利用中', english: 'In care' },
  { code: 'discharged', japanese: '退所・終了', english: 'Discharged' },
  { code: 'deceased', japanese: '逝去', english: 'Deceased' },
]

export const membershipStates: Coded[] = [
  { code: 'proposed', japanese: '確認待ち', english: 'Waits for confirmation' },
  { code: 'later', japanese: '開始前', english: 'Begins later' },
  { code: 'live', japanese: '参加中', english: 'In the team' },
  { code: 'ended', japanese: '終了', english: 'Ended' },
]

/** The word of a code in a table; the code itself when the table does not know it. */
export function coded(table: Coded[], code: string | null | undefined): string {
  const found = table.find((one) => one.code === code)
  return found ? either(found) : (code ?? '')
}

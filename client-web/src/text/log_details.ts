// text: what stands in the sealed part of an entry of the log, beside what every entry has.
import { fullTime, OPEN_END } from './time'
import { language } from './words.svelte'

const japanese: Record<string, string> = {
  abandoned: '閉じられずに終わった',
  add: '加えた人',
  after: 'この番号より後',
  against: '控えと比べた',
  all: '全員を表示',
  answer: '答え',
  as: '職種',
  author: '書いた人',
  backup_at: 'バックアップの時刻',
  before: 'この番号より前',
  bytes: '大きさ(バイト)',
  cause: 'きっかけ',
  cells: '変わった欄',
  charset: '文字コード',
  class: '情報区分',
  classes: '情報区分',
  consent: '同意',
  count: '件数',
  counter: 'キーの使用回数',
  date: '日付',
  device_from: '端末の時計で、開始',
  device_until: '端末の時計で、終了',
  ended_on: 'ログアウトした端末',
  entries: '記録の数',
  expires_at: '期限',
  fields: '変わった項目',
  finding: '見つかったこと',
  findings: '見つかった数',
  founded: '新しく作ったもの',
  from: '開始',
  giver: '同意した人',
  host: 'サーバー',
  id: '番号',
  index: '記録の番号',
  item: '送信待ちの投稿',
  job: '自動の仕事',
  job_types: '職種',
  kind: '種類',
  label_changed: '名札の変更',
  lent_key: '貸し出した鍵',
  linked_from: '名寄せの元',
  linked_to: '名寄せの先',
  lists: '一覧の表示回数',
  log_root: '署名された根',
  log_size: '記録の数',
  members: '参加者',
  message: '投稿',
  messages: '投稿',
  new_certificate: '新しい証明書',
  open_until: '開いている期限',
  operator: '操作した人',
  organization: '法人・事業所',
  outcome: '結果',
  parent: '入っている場所',
  passkey: 'キー',
  patient: '対象者',
  patients: '対象者',
  person: '職員',
  place: '場所',
  post: '所属',
  program: 'プログラム',
  proposer: '申請した人',
  reason: '理由',
  recipients: '渡し先の数',
  registered: '新しい登録',
  remove: '外した人',
  removed: '消した数',
  responsible: '担当する法人・事業所',
  retired: '役目を終えた数',
  role: '役割',
  room: 'ルーム',
  rule: '断られた規則',
  scope: '範囲',
  shown: '表示したもの',
  signature: '見つかったもの',
  staff_of: '職員の法人・事業所',
  stage: '段階',
  state: '状態',
  step: '手順',
  taken_by: '先に引き受けた人',
  through: '表示した最後の番号',
  until: '終了',
  verdict: '検査の結果',
  version: '版',
  window_s: 'まとめた秒数',
}

const times = new Set([
  'from',
  'until',
  'expires_at',
  'open_until',
  'backup_at',
  'device_from',
  'device_until',
])

/** Facts that name rows of the consortium's tables, and of which table. */
const tables: Record<string, Table | undefined> = {
  class: 'class',
  classes: 'class',
  as: 'job_type',
  job_types: 'job_type',
}

/** A table of the consortium whose rows have words. */
export type Table = 'class' | 'job_type'
/** The word for a row of a table by its number, where it is known. */
export type Named = (table: Table, number: number) => string | undefined

/** A fact of an entry's sealed part: its name and what it says, for a person. */
export function logFact(name: string, value: unknown, named: Named = () => undefined): [string, string] {
  const spaced = name.replaceAll('_', ' ')
  const word = language.current === 'ja' ? japanese[name] : spaced.charAt(0).toUpperCase() + spaced.slice(1)
  return [word ?? name, inWords(name, value, named) ?? said(name, value)]
}

/** Numbers stand there as they are or after one another with commas. A row that is no longer known keeps its number. */
function inWords(name: string, value: unknown, named: Named): string | undefined {
  const table = tables[name]
  if (!table || (typeof value !== 'string' && typeof value !== 'number')) return undefined
  const numbers = String(value).split(',')
  return numbers
    .map((number) => named(table, Number(number)) ?? number)
    .join(language.current === 'ja' ? '、' : ', ')
}

function said(name: string, value: unknown): string {
  const ja = language.current === 'ja'
  // Some stand there as digits.
  const at = times.has(name) ? Number(value) : NaN
  if (Number.isFinite(at)) return at >= OPEN_END ? (ja ? '期限なし' : 'open') : fullTime(at)
  if (typeof value === 'boolean') return ja ? (value ? 'はい' : 'いいえ') : value ? 'yes' : 'no'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

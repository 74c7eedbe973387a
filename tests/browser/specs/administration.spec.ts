// A new organization from nothing to its first post: the consortium's office sets it up, a second person confirms, and
// somebody who was never here before signs in on a device that was never here before.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import type { Locator, Page } from '@playwright/test'
import { Device } from '../harness/device.ts'
import { atWork, card, openRoom, say } from '../harness/doings.ts'
import { post } from '../harness/enrolment.ts'
import { useHouse } from '../harness/house.ts'
import { inspect, sheets, sizes } from '../harness/screens.ts'
import type { DeviceFiles } from '../harness/template.ts'

// Keys made in this browser carry no maker's attestation.
const house = useHouse({ 'sign_in.attestation_ca_file': null })

const HOME = 'グループホームこもれび'
const LOGIN = 'mika.ogawa'
const PASSWORD = 'しおかぜ-たけうま-さんご'
const RESIDENT = '大野 キヨ'
/** A one-time code as it is printed. */
const CODE = /^[0-9A-Z]{5}(-[0-9A-Z]{5})+$/

/** Opens a part of the administration for an organization. */
async function open(page: Page, tab: string, organization: string): Promise<void> {
  await page.getByRole('navigation', { name: '管理の画面' }).getByRole('link', { name: tab, exact: true }).click()
  await page.getByLabel('法人・事業所', { exact: true }).selectOption({ label: organization })
  await expect(page.getByRole('heading', { level: 2, name: tab })).toBeVisible()
}

/** Fills a dialog's fields by their labels and presses its button. */
async function fill(dialog: Locator, fields: Record<string, string>, button: string): Promise<void> {
  for (const [label, value] of Object.entries(fields)) {
    const field = dialog.getByLabel(new RegExp(`^${label}(\\s?.任意.)?$`))
    if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption({ label: value })
    else await field.fill(value)
  }
  await dialog.getByRole('button', { name: button, exact: true }).click()
}

async function add(page: Page, what: string, fields: Record<string, string>, button = '保存する'): Promise<void> {
  await page.getByRole('button', { name: what, exact: true }).click()
  const dialog = page.getByRole('dialog', { name: what })
  await fill(dialog, fields, button)
  await expect(dialog).toBeHidden()
}

/** Registers somebody and gives the one-time code of the printed sheet. */
async function register(page: Page, fields: Record<string, string>): Promise<string> {
  await add(page, '職員を加える', fields, '職員を加える')
  const sheet = page.getByRole('dialog', { name: '初回ログインのご案内' })
  await expect(sheet.getByRole('img', { name: '初回ログインのQRコード' })).toBeVisible()
  const code = await sheet.getByText(CODE).innerText()
  await inspect(page, 'enrolment-sheet', { sizes: [sizes[0], sizes[2]] })
  expect(await sheets(page), 'the sheet of one person on one sheet of paper').toBe(1)
  await sheet.getByRole('button', { name: '閉じる' }).click()
  return code
}

test('an organization is set up to its first post', async () => {
  test.setTimeout(240_000)
  const office = await house().person('yoshida', { path: '/administration' })
  const { page } = office
  await expect(page.getByRole('heading', { level: 2, name: 'はじめる順番' })).toBeVisible()
  await inspect(page, 'administration', { schemes: ['light'] })

  await page
    .getByRole('navigation', { name: '管理の画面' })
    .getByRole('link', { name: '法人・事業所', exact: true })
    .click()
  await add(page, '法人・事業所を加える', { 名前: HOME, 種類: 'グループホーム', 電話番号: '0555-00-7000' })
  await open(page, '場所', HOME)
  await expect(page.getByText('場所がまだありません')).toBeVisible()
  await inspect(page, 'places-none', { sizes: [sizes[0]], schemes: ['light'] })
  await add(page, '場所を加える', { 名前: '1階', 種類: '階' })
  await open(page, '職員', HOME)
  const who = { 名前: '小川 美香', 'よみ.かな.': 'おがわ みか', ローマ字: 'ogawa mika', ログイン名: LOGIN }
  const code = await register(page, { ...who, 職種: '介護職', 場所: '1階' })
  const files = await device(page)
  await patient(page)
  await makeSecond(page)
  await office.device.close()

  await confirm()
  const tablet = house().keep(await Device.open(house().server, files, 'new-tablet'))
  await tablet.visit('/')
  await expect(tablet.page.getByText(HOME)).toBeVisible()
  await firstSignIn(tablet.page, code)
  await openRoom(tablet.page, RESIDENT)
  await expect(
    tablet.page.getByText('ここがルームの始まりです').or(tablet.page.getByText('まだ投稿はありません')).first(),
  ).toBeVisible()
  await say(tablet.page, '入居されました。お茶を一杯飲まれました。')
  await expect(card(tablet.page, '入居されました。')).toContainText('小川 美香')
})

/** Registers a tablet and gives the files that it received at the door for enrolment. */
async function device(page: Page): Promise<DeviceFiles> {
  await open(page, '端末', HOME)
  await add(page, '端末を加える', { '名札.ラベル.': 'こもれび1階 共用1', 種類: '共用', 場所: '1階' }, '端末を加える')
  const sheet = page.getByRole('dialog', { name: '端末の登録のご案内' })
  const code = await sheet.getByText(CODE).innerText()
  await inspect(page, 'device-sheet', { sizes: [sizes[0], sizes[2]], schemes: ['light'] })
  expect(await sheets(page), 'the sheet of one device on one sheet of paper').toBe(1)
  const password = 'tasuki-komorebi-2026'
  const { pkcs12 } = await post<{ pkcs12: string }>(house().server, '/enrolment', { code, password })
  await sheet.getByRole('button', { name: '閉じる' }).click()
  await page.reload()
  await page.getByLabel('法人・事業所', { exact: true }).selectOption({ label: HOME })
  await expect(page.getByRole('listitem').filter({ hasText: 'こもれび1階 共用1' })).toContainText('使用中')
  const p12 = join(house().server.folder, 'new-tablet.p12')
  writeFileSync(p12, Buffer.from(pkcs12, 'base64'))
  return { certificate: '', key: '', p12, p12_password: password }
}

/** A resident with a consent and a proposed team: the care workers of the home. */
async function patient(page: Page): Promise<void> {
  await open(page, '利用者', HOME)
  const facts = { 名前: '大野 キヨ', 'よみ.かな.': 'おおの きよ', 生年月日: '1938-04-02', 場所: '1階', 居室番号: '105' }
  await page.getByRole('button', { name: '利用者を加える' }).click()
  await fill(page.getByRole('dialog', { name: '利用者を加える' }), { ...facts, アレルギー: 'なし' }, '利用者を加える')
  const card = page.getByRole('dialog', { name: RESIDENT })
  await expect(card.getByText('同意がありません')).toBeVisible()

  await card.getByRole('button', { name: '同意を登録する' }).click()
  const consent = page.getByRole('dialog', { name: '同意を登録する' })
  for (const box of await consent.getByRole('checkbox').all()) await box.check()
  await fill(consent, { 同意した人: '家族', 同意の取り方: '契約時に書面で' }, '同意を登録する')
  await expect(card.getByText('有効 ・ 家族')).toBeVisible()

  await card.getByRole('button', { name: 'チームに加える(申請)' }).click()
  const member = page.getByRole('dialog', { name: 'チームに加える(申請)' })
  await member.getByLabel('法人・事業所').selectOption({ label: HOME })
  await member.getByRole('checkbox', { name: '介護職', exact: true }).check()
  await member.getByRole('button', { name: '申請する' }).click()
  await expect(card.getByText('確認待ち')).toBeVisible()
  await inspect(page, 'patient-card', { sizes: [sizes[0], sizes[3]], schemes: ['light'] })
  await card.getByRole('button', { name: '閉じる' }).click()
}

/** The office makes a partner's administrator the second person for the whole consortium. */
async function makeSecond(page: Page): Promise<void> {
  await open(page, '職員', '特別養護老人ホームあおぞら')
  await page.getByRole('button', { name: '開く 渡邉 大輔' }).click()
  const card = page.getByRole('dialog', { name: '渡邉 大輔' })
  await card.getByLabel('役割', { exact: true }).selectOption({ label: '職員管理' })
  await card.getByLabel('協議会全体').check()
  await card.getByRole('button', { name: '役割を与える' }).click()
  await expect(
    card.getByRole('listitem').filter({ hasText: '職員管理' }).filter({ hasText: '協議会全体' }),
  ).toBeVisible()
  await card.getByRole('button', { name: '閉じる' }).click()
}

/** The second person: yes to the newcomer, yes to the team. */
async function confirm(): Promise<void> {
  const { page } = await house().person('watanabe', { path: '/administration' })
  await open(page, '職員', HOME)
  await page.getByRole('button', { name: '開く 小川 美香' }).click()
  const card = page.getByRole('dialog', { name: '小川 美香' })
  await card.getByRole('button', { name: '二人目として確認する' }).click()
  await expect(card.getByText('確認しました。本人がコードを使えます。')).toBeVisible()
  await card.getByRole('button', { name: '閉じる' }).click()
  await open(page, '利用者', HOME)
  await page.getByRole('button', { name: `開く ${RESIDENT}` }).click()
  const resident = page.getByRole('dialog', { name: RESIDENT })
  await resident.getByRole('button', { name: '確認する' }).click()
  await expect(resident.getByText('参加中')).toBeVisible()
}

/** A newcomer's first sign-in: code, password, key, practice. */
async function firstSignIn(page: Page, code: string): Promise<void> {
  await page.getByRole('link', { name: '初めての方' }).click()
  await page.getByLabel('ログイン名').fill(LOGIN)
  await page.getByRole('textbox', { name: 'コード' }).fill(code.toLowerCase().replaceAll('-', ' '))
  await inspect(page, 'first-code', { sizes: [sizes[0], sizes[2]], target: 56 })
  await page.getByRole('button', { name: '次へ' }).click()
  await page.getByLabel('新しいパスワード', { exact: true }).fill('ogawa123')
  await page.getByLabel('新しいパスワード(もう一度)').fill('ogawa123')
  await page.getByRole('button', { name: '次へ' }).click()
  await expect(page.getByText(/名前|ログイン名/).first(), 'her own name is no password').toBeVisible()
  await page.getByLabel('新しいパスワード', { exact: true }).fill(PASSWORD)
  await page.getByLabel('新しいパスワード(もう一度)').fill(PASSWORD)
  await page.getByRole('button', { name: '次へ' }).click()
  await page.getByRole('button', { name: '登録する' }).click()
  await expect(page.getByText('登録できました')).toBeVisible()
  await page.getByRole('button', { name: 'キーを使ってログインする' }).click()
  await atWork(page)
}

test('every screen of the administration, full', async () => {
  test.setTimeout(180_000)
  const { page } = await house().person('yoshida', { path: '/administration' })
  for (const [tab, there] of [
    ['法人・事業所', 'みなと診療所'],
    ['場所', '医務室・相談室'],
    ['職員', '佐々木 由美'],
    ['端末', 'あおぞら2階 共用1'],
    ['利用者', '山田 ハナエ'],
    ['権限表', '協議会全体の表'],
  ] as const) {
    await open(page, tab, '特別養護老人ホームあおぞら')
    await expect(page.locator('section').getByText(there, { exact: true }).first()).toBeVisible()
    await inspect(page, `administration-${tab}`, { sizes: [sizes[0], sizes[2]], schemes: ['light'] })
  }
  await open(page, '職員', '特別養護老人ホームあおぞら')
  for (const what of ['職員を加える', '開く 佐々木 由美']) {
    await page.getByRole('button', { name: what, exact: true }).click()
    await inspect(page, `administration-${what.split(' ')[0]}`, { sizes: [sizes[0], sizes[2]], schemes: ['dark'] })
    await page.keyboard.press('Escape')
  }
})

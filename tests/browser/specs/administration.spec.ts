// A new organization from nothing to its first post: the consortium's office sets it up, a second person confirms, and
// somebody who was never here before signs in on a device that was never here before.

import { expect, test } from '@playwright/test'
import type { Locator, Page } from '@playwright/test'
import { useHouse } from '../harness/house.ts'
import type { Person } from '../harness/house.ts'
import { inspect, sizes } from '../harness/screens.ts'

// Keys made in this browser carry no maker's attestation.
const house = useHouse({ 'sign_in.attestation_ca_file': null })

const HOME = 'グループホームこもれび'

/** Opens a part of the administration for an organization. */
async function open(page: Page, tab: string, organization: string): Promise<void> {
  await page
    .getByRole('navigation', { name: '管理の画面' })
    .getByRole('link', { name: tab, exact: true })
    .click()
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
  const code = await sheet.getByRole('definition').nth(1).innerText()
  await inspect(page, 'enrolment-sheet', { sizes: [sizes[2]], schemes: ['light'] })
  await sheet.getByRole('button', { name: '閉じる' }).click()
  return code
}

test('an organization is set up to its first post', async () => {
  test.setTimeout(180_000)
  const office = await house().person('yoshida', { path: '/administration' })
  const { page } = office
  await inspect(page, 'administration', { schemes: ['light'] })

  await page.getByRole('link', { name: '法人・事業所', exact: true }).click()
  await add(page, '法人・事業所を加える', { 名前: HOME, 種類: 'グループホーム', 電話番号: '0555-00-7000' })
  await open(page, '場所', HOME)
  await expect(page.getByText('場所がまだありません')).toBeVisible()
  await add(page, '場所を加える', { 名前: '1階', 種類: '階' })

  await open(page, '職員', HOME)
  const login = 'mika.ogawa'
  const who = { 名前: '小川 美香', 'よみ.かな.': 'おがわ みか', ローマ字: 'ogawa mika', ログイン名: login }
  const code = await register(page, { ...who, 職種: '介護職', 場所: '1階' })
  expect(code).toMatch(/^[0-9A-Z]{5}(-[0-9A-Z]{5})+$/)
  await secondPerson(office)
})

/** The office asks a partner's administrator to be the second person for the whole consortium. */
async function secondPerson({ page }: Person): Promise<void> {
  await open(page, '職員', '特別養護老人ホームあおぞら')
  await page.getByRole('button', { name: '開く 渡邉 大輔' }).click()
  const card = page.getByRole('dialog', { name: '渡邉 大輔' })
  await card.getByLabel('役割', { exact: true }).selectOption({ label: '職員管理' })
  await card.getByLabel('協議会全体').check()
  await card.getByRole('button', { name: '役割を与える' }).click()
  await expect(card.getByText('協議会全体', { exact: true }).first()).toBeVisible()
  await card.getByRole('button', { name: '閉じる' }).click()
}

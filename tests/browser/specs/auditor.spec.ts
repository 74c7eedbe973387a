// An auditor's look: who did what, how it is proven, one entry, one person's timeline, a period as a file.

import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { useHouse } from '../harness/house.ts'
import { inspect, sheets, sizes } from '../harness/screens.ts'

const house = useHouse()

test('the auditor reads the log, follows one person, opens an entry and takes a period away', async () => {
  const { page } = await house().person('okada', { path: '/log' })
  await expect(page.getByRole('heading', { level: 1, name: 'アクセスログ' })).toBeVisible()
  await page.getByRole('button', { name: 'すべて', exact: true }).click()
  await expect(page.getByText('改ざんはありません')).toBeVisible()
  await inspect(page, 'log', { sizes: [sizes[0], sizes[2], sizes[3]] })

  await page.getByLabel('操作', { exact: true }).selectOption({ label: '投稿' })
  await page.getByRole('button', { name: '表示する' }).click()
  const posted = page.getByRole('row').filter({ hasText: '投稿' })
  await expect(posted.filter({ hasText: '髙橋 健太' }).first()).toBeVisible()
  await posted.filter({ hasText: '髙橋 健太' }).first().getByRole('button').click()
  const detail = page.getByRole('dialog', { name: '記録の詳細' })
  await expect(detail.getByText('対象者の氏名(当時)')).toBeVisible()
  await expect(detail.getByText(/署名された全[\d,]+件の中にある/)).toBeVisible()
  await inspect(page, 'log-entry', { sizes: [sizes[2]] })
  await detail.getByRole('button', { name: 'この職員だけを見る' }).click()
  await expect(page.getByRole('heading', { level: 1, name: /髙橋 健太/ })).toBeVisible()
  for (const row of await page.getByRole('row').filter({ hasText: '投稿' }).all())
    await expect(row).toContainText('髙橋 健太')

  await page.getByRole('button', { name: '期間を書き出す' }).click()
  const exporting = page.getByRole('dialog', { name: '期間を書き出す' })
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' }).format(new Date())
  await exporting.getByLabel('開始日').fill(today)
  await exporting.getByLabel('終了日').fill(today)
  const saved = page.waitForEvent('download')
  await exporting.getByRole('button', { name: '書き出す' }).click()
  const table = readFileSync(await (await saved).path(), 'utf8')
  expect(table.split('\n').length).toBeGreaterThan(3)
  expect(table).toContain('岡田 久美子')
})

test('who looked at one patient last week: by the number from the register, with its proof, as a file and on paper', async () => {
  const office = await house().person('yoshida', { path: '/administration/patients' })
  const home = office.page.getByLabel('法人・事業所', { exact: true })
  await home.selectOption({ label: '特別養護老人ホームあおぞら' })
  await office.page.getByRole('button', { name: '開く 山田 ハナエ' }).click()
  const number = await office.page.getByRole('dialog', { name: '山田 ハナエ' }).getByText(/^[0-9a-f-]{36}$/).innerText()
  await office.device.close()

  const { page } = await house().person('okada', { path: '/log' })
  await page.getByRole('button', { name: '7日間' }).click()
  const field = page.getByLabel('対象者の番号')
  await field.fill('山田')
  await page.getByRole('button', { name: '表示する' }).click()
  await expect(page.getByText('利用者の画面にある番号を、そのまま写してください。')).toBeVisible()
  await field.fill(` ${number.toUpperCase()}`)
  await page.getByRole('button', { name: '表示する' }).click()
  await expect(page.getByRole('heading', { level: 1, name: `対象者 ${number.slice(0, 8)}` })).toBeVisible()
  await expect(page.getByText('改ざんはありません')).toBeVisible()
  await inspect(page, 'log-patient', { sizes: [sizes[0], sizes[1]], schemes: ['light'] })

  await page.getByRole('button', { name: '期間を書き出す' }).click()
  const exporting = page.getByRole('dialog', { name: '期間を書き出す' })
  await expect(exporting.getByLabel('開始日')).not.toHaveValue('')
  await inspect(page, 'log-export', { sizes: [sizes[0], sizes[2]], schemes: ['light'] })
  await exporting.getByRole('button', { name: '閉じる' }).click()
  await page.getByRole('button', { name: '署名された控え' }).click()
  await expect(page.getByRole('dialog', { name: '署名された控え' }).getByText('記録の数')).toBeVisible()
  await inspect(page, 'log-head', { sizes: [sizes[0], sizes[2]] })
  expect(await sheets(page), 'the head on one sheet of paper').toBe(1)
  await page.keyboard.press('Escape')
})

test('whoever has no such role is shown no way to the log, and a sentence at its address', async () => {
  const { page } = await house().person('sato')
  await expect(page.getByRole('navigation', { name: 'メニュー' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'アクセスログ' })).toHaveCount(0)
  await page.goto(`${house().server.url}/log`)
  await expect(page.getByRole('alert')).toContainText(/権限|役割|できません/)
})

test('the IT staff read the state of the system, and nothing about anybody', async () => {
  const { page } = await house().person('ishii', { path: '/system' })
  await expect(page.getByRole('heading', { level: 1, name: 'システムの状態' })).toBeVisible()
  await expect(page.getByRole('heading', { level: 2, name: 'アクセスログ' })).toBeVisible()
  await expect(page.getByText(/tasuki \d/)).toBeVisible()
  await inspect(page, 'system', { sizes: [sizes[0], sizes[3]] })
})

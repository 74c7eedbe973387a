// An auditor's look: who did what, how it is proven, one entry, one person's timeline, a period as a file.

import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { useHouse } from '../harness/house.ts'
import { inspect, sizes } from '../harness/screens.ts'

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
  await expect(detail.getByText(/署名済みの根 .+ に含まれる/)).toBeVisible()
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

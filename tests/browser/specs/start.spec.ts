// Before anybody is signed in: the shared tablet, one's own device, and everything that can be refused there.

import { expect, test } from '@playwright/test'
import { atWork, leave, pageKept, signInOnTablet, typePassword } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import { inspect, sizes } from '../harness/screens.ts'

const house = useHouse()

test.afterEach(async () => house().empty())

test('a wrong password, a wrong PIN and a foreign key are told in words, and the way back is open', async () => {
  const { page, keys } = await house().person('sasaki', { signedIn: false })
  const sasaki = house().credentials('sasaki')
  await page.getByRole('button', { name: /佐々木 由美/ }).click()
  await typePassword(page, sasaki, 'まちがえた言葉です')
  await expect(page.getByRole('alert')).toContainText('名前とパスワードの組み合わせが違います')
  await inspect(page, 'password-refused', { sizes: [sizes[2]], target: 56 })

  await keys.verify(false)
  await typePassword(page, sasaki)
  await expect(page.getByRole('alert')).toContainText('キーの確認が終わりませんでした')
  await inspect(page, 'key-refused', { sizes: [sizes[2]], target: 56 })
  await keys.verify(true)
  await page.getByRole('button', { name: 'もう一度キーで確認する' }).click()
  await atWork(page)
})

test('the tablet shows who works here, and hands over from one person to the next within three seconds', async () => {
  const { page, keys, device } = await house().person('sasaki', { signedIn: false })
  await expect(page.getByRole('heading', { level: 1, name: 'だれが使いますか' })).toBeVisible()
  await expect(page.getByRole('button', { name: /佐々木 由美/ })).toBeVisible()
  await expect(page.getByRole('button', { name: /佐藤 花子/ }), 'only people of this place').toHaveCount(0)
  await inspect(page, 'start', { target: 56 })
  await signInOnTablet(page, house().credentials('sasaki'))

  // The next person comes back within the shift with a key alone.
  await leave(page)
  await expect(page.getByText('佐々木 由美さん')).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 1, name: 'だれが使いますか' })).toBeVisible()
  const answer = await device.ask<{ code: string }>('GET', '/me')
  expect(answer.status, 'the session is locked').toBe(401)
  await keys.unplug()
  await keys.plug(house().credentials('takahashi'))
  const from = Date.now()
  await page.getByRole('button', { name: /髙橋 健太.*キーだけで戻れます/ }).click()
  await atWork(page)
  const took = Date.now() - from
  await expect(page.getByText('髙橋 健太さん')).toBeVisible()
  test.info().annotations.push({ type: 'change of person', description: `${took} ms` })
  expect(took).toBeLessThan(3_000)
})

test('a colleague of another place is found behind one button', async () => {
  const { page } = await house().person('lan', { signedIn: false, device: 'aozora-tablet-2' })
  await page.getByRole('button', { name: 'ほかの人' }).click()
  await page.getByLabel('名前でさがす').fill('ぐえん')
  await inspect(page, 'start-others', { sizes: [sizes[0], sizes[2]] })
  await page.getByRole('button', { name: /グエン ティ ラン/ }).click()
  await typePassword(page, house().credentials('lan'))
  await atWork(page)
})

test('on a device of her own the nurse signs in, locks and returns', async () => {
  const { page } = await house().person('sato', { signedIn: false })
  await expect(page.getByRole('heading', { name: 'ログイン', exact: true })).toBeVisible()
  await inspect(page, 'start-own', { sizes: [sizes[0]], target: 56 })
  await typePassword(page, house().credentials('sato'))
  await atWork(page)
  await leave(page)
  await expect(page.getByRole('heading', { name: '画面をロックしています' })).toBeVisible()
  await inspect(page, 'locked', { sizes: [sizes[0], sizes[2]], target: 56 })
  await page.getByRole('button', { name: 'キーで戻る' }).click()
  await atWork(page)
})

test('without the server the page says so, and goes on by itself', async () => {
  const { page } = await house().person('sato', { signedIn: false })
  await house().server.stop()
  await page.reload({ waitUntil: 'commit' }).catch(() => {})
  await house().server.start()
  // The browser's own page of the failed reload may still be on its way.
  await expect(async () => void (await page.goto(house().server.url))).toPass()
  await expect(page.getByRole('heading', { name: 'ログイン', exact: true })).toBeVisible()
})

test('a revoked device is told so in words', async () => {
  const office = await house().person('ito', { path: '/administration/devices' })
  const tablet = await house().person('yamaguchi')
  await atWork(tablet.page)
  await pageKept(tablet.page)
  const row = office.page.getByRole('listitem').filter({ hasText: 'ひまわり訪問2' })
  await row.getByRole('button', { name: '失効させる' }).click()
  const sure = office.page.getByRole('dialog', { name: '失効させる' })
  await sure.getByRole('button', { name: '失効させる' }).click()
  await expect(office.page.getByRole('dialog', { name: '「ひまわり訪問2」を失効させました' })).toBeVisible()
  await expect(
    tablet.page.getByRole('heading', { name: /この端末は使えなくなっています|サーバーにつながりません/ }),
  ).toBeVisible()
  await expect(tablet.page.getByText('山口 翔さん')).toHaveCount(0)
})

// A sign-in left behind on another device: its person ends it from where they are now, and nothing else.

import { expect, test } from '@playwright/test'
import { atWork } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import { inspect, sizes } from '../harness/screens.ts'

const house = useHouse()

test('one device is signed out from another one: that one ends, this one stays', async () => {
  const left = await house().person('yamaguchi')
  await atWork(left.page)
  const { page } = await house().person('yamaguchi', { device: 'himawari-pc', path: '/me' })
  const signedIn = page.getByRole('region', { name: 'ログインしている端末' })
  await expect(signedIn.getByRole('listitem')).toHaveCount(2)
  await inspect(page, 'me-two-devices', { sizes: [sizes[0], sizes[2]], target: 56 })

  const there = signedIn.getByRole('button', { name: /^ひまわり訪問2.*をログアウトする$/ })
  await there.click()
  const sure = page.getByRole('dialog', { name: 'ログアウトする' })
  await expect(sure).toContainText('書きかけの投稿は残ります')
  await sure.getByRole('button', { name: 'ログアウトする', exact: true }).click()
  await expect(signedIn.getByText('ひまわり訪問2からログアウトしました。')).toBeVisible()
  await expect(left.page.getByText('ログインが終わりました。もう一度ログインしてください。')).toBeVisible()
  await expect(signedIn.getByRole('listitem')).toHaveCount(1)
  await expect(there).toHaveCount(0)
})

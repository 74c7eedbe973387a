// A photo straight into the post: taken in the page, sent, seen by the other; the camera is off again at once.

import { expect, test } from '@playwright/test'
import { atWork, card, openRoom, write } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import { inspect } from '../harness/screens.ts'

const house = useHouse()
const PATIENT = '山田 ハナエ'
const WORDS = '左のかかとに赤みがあります。'

test('a photo is taken, taken again, and goes with the post; nothing stays on the device', async () => {
  const [carer, nurse] = await Promise.all([house().device('aozora-tablet-2'), house().person('sato')])
  await carer.context.addInitScript(() => {
    const tracks: MediaStreamTrack[] = []
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted)
      tracks.push(...stream.getTracks())
      return stream
    }
    Object.assign(window, { camera: () => tracks.map(({ readyState, kind }) => `${kind} ${readyState}`) })
  })
  const tracks = () => carer.page.evaluate(() => (window as unknown as { camera: () => string[] }).camera())
  await carer.signIn(house().credentials('takahashi'))
  await carer.visit('/')
  for (const page of [carer.page, nurse.page]) {
    await atWork(page)
    await openRoom(page, PATIENT)
  }

  const { page } = carer
  await write(page, WORDS)
  await page.getByRole('button', { name: '写真', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: '写真を撮る' })
  await expect(dialog).toContainText('端末の写真アプリには残りません')
  await expect.poll(tracks).toEqual(['video live'])
  await inspect(page, 'camera', { target: 56 })
  await dialog.getByRole('button', { name: '撮る', exact: true }).click()
  await expect(dialog.getByRole('img', { name: '撮った写真' })).toBeVisible()
  await dialog.getByRole('button', { name: '撮り直す' }).click()
  await expect(dialog.getByRole('img', { name: '撮った写真' })).toHaveCount(0)
  await dialog.getByRole('button', { name: '撮る', exact: true }).click()
  await dialog.getByRole('button', { name: 'この写真を付ける' }).click()
  await expect(dialog).toBeHidden()
  await expect.poll(tracks).toEqual(['video ended'])

  const files = page.getByRole('list', { name: '付ける写真・ファイル' })
  await expect(files).toContainText('付きました')
  await page.getByRole('button', { name: /へ送る$/ }).click()
  const seen = card(nurse.page, WORDS)
  await expect(seen).toBeVisible()
  await seen
    .getByRole('button', { name: /開く|写真/ })
    .first()
    .click()
  const picture = nurse.page.getByRole('dialog').getByRole('img').first()
  await expect(picture).toBeVisible()
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100)
})

// What nobody should put into the composer, and some do: far too many photos, too large a file, a program in disguise,
// letters that run the other way, words that are still being composed. A sentence says what is wrong; the words stay.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from '@playwright/test'
import type { Locator, Page } from '@playwright/test'
import { atWork, card, openRoom, write } from '../harness/doings.ts'
import { useHouse } from '../harness/house.ts'
import type { Person } from '../harness/house.ts'
import { inspect, sizes } from '../harness/screens.ts'

const house = useHouse()
const PATIENT = '山田 ハナエ'
const WORDS = '右足のむくみを写真に撮りました。'
let nurse: Person
let carer: Person

test.describe.configure({ mode: 'serial' })

const box = (page: Page): Locator => page.getByRole('textbox', { name: '本文' })
const send = (page: Page): Locator => page.getByRole('button', { name: /へ送る$/ })
const chooser = (page: Page): Locator => page.locator('input[type=file]').first()
const files = (page: Page): Locator => page.getByRole('list', { name: '付ける写真・ファイル' }).getByRole('listitem')

test('of 200 photos chosen at once ten are taken, and a sentence says what to do with the others', async () => {
  ;[nurse, carer] = await Promise.all([house().person('sato'), house().person('takahashi')])
  for (const { page } of [nurse, carer]) {
    await atWork(page)
    await openRoom(page, PATIENT)
  }
  const { page } = nurse
  await page.setViewportSize(sizes[0])
  await write(page, WORDS)
  const photo = await picture(page)
  const photos = Array.from({ length: 200 }, (_, at) => ({
    name: `写真${at + 1}.png`,
    mimeType: 'image/png',
    buffer: photo,
  }))
  await chooser(page).setInputFiles(photos)
  await expect(page.getByRole('alert')).toContainText(
    '1つの投稿に10件までです。先の10件を付けました。残りの190件は、次の投稿に付けてください。',
  )
  await expect(page.getByRole('alert'), 'also on a phone').toBeInViewport({ ratio: 1 })
  await expect(files(page)).toHaveCount(10)
  await expect(files(page).filter({ hasText: '付きました' })).toHaveCount(10)
  await expect(box(page)).toHaveValue(WORDS)
  await inspect(page, 'composer-ten-photos', { sizes: [sizes[0], sizes[2]], target: 56 })

  await chooser(page).setInputFiles(photos.slice(0, 1))
  await expect(page.getByRole('alert')).toContainText('ほかのものを外してから付けてください')
  for (let left = 10; left > 0; left -= 1) await files(page).first().getByRole('button', { name: /^外す/ }).click()
  await expect(files(page)).toHaveCount(0)
})

test('a file of 25 MB and a program called .pdf are refused by name of the reason, and keep nothing else from going', async () => {
  const { page } = nurse
  // From the disk, as a person chooses them: 25 MB through the browser's remote control take longer than the upload.
  const film = test.info().outputPath('動画のような写真.png')
  const bill = test.info().outputPath('請求書.pdf')
  mkdirSync(dirname(film), { recursive: true })
  writeFileSync(film, Buffer.alloc(25 * 1024 * 1024, 7))
  writeFileSync(bill, program())
  await chooser(page).setInputFiles([film, bill])
  const large = files(page).filter({ hasText: '動画のような写真.png' })
  await expect(large.getByRole('alert')).toHaveText('20MBまでのファイルを付けられます。このファイルは25.0MBあります。')
  const disguised = files(page).filter({ hasText: '請求書.pdf' })
  await expect(disguised.getByRole('alert')).toHaveText('プログラムやスクリプトは添付できません。')
  await send(page).click()
  await expect(page.getByRole('alert').filter({ hasText: '送れなかったファイルがあります' })).toBeVisible()
  await expect(box(page)).toHaveValue(WORDS)
  await inspect(page, 'composer-refused-files', { sizes: [sizes[0], sizes[2]], target: 56 })

  for (const file of [large, disguised]) await file.getByRole('button', { name: /^外す/ }).click()
  await send(page).click()
  await expect(card(carer.page, WORDS)).toContainText('佐藤 花子')
  await expect(box(page)).toHaveValue('')
})

test('5,000 characters from the clipboard stay on the sheet, counted and not sent', async () => {
  const { page } = nurse
  const long = `${'夜間の様子です。'.repeat(625)}`
  await box(page).focus()
  await paste(page, long)
  await expect(box(page)).toHaveValue(long)
  await expect(page.getByRole('alert').filter({ hasText: '1,000文字多いので' })).toContainText(
    '書きかけとして20,000文字まで残ります',
  )
  await page.keyboard.press('Control+Enter')
  await expect(box(page)).toHaveValue(long)
  await expect(card(page, '夜間の様子です。')).toHaveCount(0)
  await box(page).fill('')
})

test('an emoji family, half-width kana and rare forms of kanji arrive as they were typed', async () => {
  const typed = '👨‍👩‍👧‍👦が面会。ﾊﾅｴ様は髙﨑様と𠮷田様にｺｰﾋｰを勧められました。'
  await write(nurse.page, typed)
  await send(nurse.page).click()
  for (const { page } of [nurse, carer]) await expect(card(page, typed).locator('p.words')).toHaveText(typed)
})

test('letters that run from right to left move nothing but themselves', async () => {
  const plain = 'ご家族の言葉です。1回目 (38.6) です。'
  const hebrew = 'שלום (38.6) עולם 1回目'
  for (const words of [plain, hebrew]) {
    await write(nurse.page, words)
    await send(nurse.page).click()
    await expect(card(carer.page, words)).toBeVisible()
  }
  const places = async (words: string): Promise<Record<string, number>> =>
    card(carer.page, words).evaluate((post) => {
      const left = (selector: string): number =>
        Math.round(post.querySelector(selector)?.getBoundingClientRect().left ?? -1)
      return Object.fromEntries(
        ['.author strong', '.author .where', 'time', '.intent', '.class', '.words'].map((part) => [part, left(part)]),
      )
    })
  expect(await places(hebrew)).toEqual(await places(plain))
  await inspect(carer.page, 'right-to-left', { sizes: [sizes[2]], schemes: ['light'], target: 56 })

  // Marks that would turn the words round are shown for what they are, and taken out at a touch.
  const turned = '投与は\u202e2錠から\u202c3錠へ'
  await box(nurse.page).fill(turned)
  await expect(nurse.page.getByRole('alert').filter({ hasText: '画面に見えない文字' })).toBeVisible()
  await send(nurse.page).click()
  await expect(box(nurse.page)).toHaveValue(turned)
  await nurse.page.getByRole('button', { name: '見えない文字を取りのぞく' }).click()
  await expect(box(nurse.page)).toHaveValue('投与は2錠から3錠へ')

  // The draft outlives the screen without them.
  await box(nurse.page).fill(turned)
  await nurse.page.waitForResponse((answer) => answer.url().endsWith('/draft') && answer.status() === 200)
  await expect(nurse.page.getByText('下書きはまだ保存できていません')).toHaveCount(0)
  await nurse.page.reload()
  await expect(box(nurse.page)).toHaveValue('投与は2錠から3錠へ')
  await box(nurse.page).fill('')
})

test('Enter while a word is being composed belongs to the word, with Ctrl too', async () => {
  const { page } = nurse
  const ime = await page.context().newCDPSession(page)
  const compose = (text: string) =>
    ime.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
  await box(page).focus()
  await page.evaluate(() => {
    const enters: boolean[] = []
    Object.assign(window, { enters })
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') enters.push(event.isComposing)
    })
  })
  await compose('むくみ')
  await page.keyboard.press('Enter')
  await compose('むくみは')
  await page.keyboard.press('Control+Enter')
  const enters = await page.evaluate(() => (window as unknown as { enters: boolean[] }).enters)
  expect(enters, 'both belonged to the word').toEqual([true, true])
  await expect(card(page, 'むくみは')).toHaveCount(0)
  await expect(box(page)).toHaveValue(/むくみ/)
  await ime.send('Input.insertText', { text: '浮腫は' })
  await expect(box(page)).toHaveValue(/浮腫は/)
  // Composed: Enter makes a line, and with Ctrl it sends.
  await box(page).fill('浮腫は軽くなりました。')
  await page.keyboard.press('Enter')
  await expect(box(page)).toHaveValue('浮腫は軽くなりました。\n')
  await page.keyboard.press('Control+Enter')
  await expect(card(carer.page, '浮腫は軽くなりました。')).toBeVisible()
})

/** Pastes words as the clipboard gives them. */
async function paste(page: Page, words: string): Promise<void> {
  await page.evaluate((words) => {
    const clipboard = new DataTransfer()
    clipboard.setData('text/plain', words)
    const target = document.activeElement as HTMLTextAreaElement
    const event = new ClipboardEvent('paste', { clipboardData: clipboard, bubbles: true, cancelable: true })
    // An event of a script pastes nothing by itself.
    if (target.dispatchEvent(event)) document.execCommand('insertText', false, words)
  }, words)
}

/** The beginning of a Windows program. */
function program(): Buffer {
  const bytes = Buffer.alloc(4096)
  bytes.write('MZ', 0, 'latin1')
  bytes.writeUInt32LE(0x80, 0x3c)
  bytes.write('PE\0\0', 0x80, 'latin1')
  return bytes
}

/** A small picture. */
async function picture(page: Page): Promise<Buffer> {
  const text = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    ;[canvas.width, canvas.height] = [320, 240]
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('no canvas')
    context.fillStyle = '#d9b38c'
    context.fillRect(0, 0, 320, 240)
    return canvas.toDataURL('image/png')
  })
  return Buffer.from(text.slice(text.indexOf(',') + 1), 'base64')
}

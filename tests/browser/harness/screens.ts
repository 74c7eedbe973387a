// A screen at every size, by day and by night: pictures to look at, and what must hold at each of them.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import type { Page } from '@playwright/test'
import { findings } from './axe.ts'
import { leftovers } from './places.ts'

/** The sizes that the design names. */
export const sizes = [
  { width: 390, height: 844 },
  { width: 820, height: 1180 },
  { width: 1180, height: 820 },
  { width: 1440, height: 900 },
] as const

/** What is looked at: main screens at every size, the rest at one. */
export interface Matrix {
  sizes?: readonly { width: number; height: number }[]
  schemes?: readonly ('light' | 'dark')[]
  /** The least height and width of what is touched; 56 on the care floor, 44 in administration. */
  target?: number
}

/** Waits until the page has drawn what it fetched. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  })
}

/** Looks at the screen as it stands. */
export async function inspect(page: Page, name: string, matrix: Matrix = {}): Promise<void> {
  const before = page.viewportSize()
  const folder = join(leftovers, 'pictures')
  mkdirSync(folder, { recursive: true })
  const wrong: string[] = []
  for (const size of matrix.sizes ?? sizes) {
    for (const scheme of matrix.schemes ?? ['light', 'dark']) {
      const label = `${name} ${size.width}x${size.height} ${scheme}`
      await page.setViewportSize(size)
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await settle(page)
      await page.screenshot({ path: join(folder, `${label.replaceAll(' ', '-')}.png`), animations: 'disabled' })
      const found = [
        ...(await overflow(page)),
        ...(await torn(page)),
        ...(await small(page, matrix.target ?? 44)),
        ...(await findings(page)),
      ]
      wrong.push(...found.map((finding) => `${label}: ${finding}`))
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
  if (before !== null) await page.setViewportSize(before)
  expect(wrong, `what is wrong with ${name}`).toEqual([])
}

/** On how many sheets of paper the screen is printed; there is nothing on them to press. */
export async function sheets(page: Page): Promise<number> {
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('button'), 'on paper').toHaveCount(0)
  await page.emulateMedia({ media: null })
  const file = (await page.pdf({ format: 'A4' })).toString('latin1')
  return [...file.matchAll(/\/Type \/Page\b(?!s)/g)].length
}

/** A page, or the body of a sheet, that must be pushed sideways. */
async function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll(':root, main, [role=dialog] > .body, [role=dialog] form')]
      .filter((part) => part.scrollWidth > part.clientWidth + 1)
      .map((part) => `${part.tagName.toLowerCase()} is ${part.scrollWidth} px wide in ${part.clientWidth} px`),
  )
}

/** Words that stand in a column of single characters, because something beside them left no room. */
async function torn(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('main *, header *, [role=dialog] *')].flatMap((element) => {
      const words = (element.textContent ?? '').trim()
      if (element.children.length > 0 || words.length < 4) return []
      const size = Number.parseFloat(getComputedStyle(element).fontSize)
      const { width, height } = element.getBoundingClientRect()
      return width > 1 && width < size * 1.9 && height > size * 3 ? [`"${words.slice(0, 30)}" stands in a column`] : []
    }),
  )
}

/** Things to touch that are smaller than a finger. A control within a larger label counts as the label. */
async function small(page: Page, least: number): Promise<string[]> {
  return page.evaluate((least) => {
    const touched =
      'button, [role=button], [role=tab], [role=menuitem], [role=radio], [role=switch], select, summary, input:not([type=hidden])'
    const name = (element: Element): string =>
      (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 30)
    return [...document.querySelectorAll(touched)].flatMap((element) => {
      const frame = element.closest('label') ?? element
      const { width, height } = frame.getBoundingClientRect()
      const style = getComputedStyle(element)
      const hidden =
        width === 0 ||
        height === 0 ||
        style.visibility === 'hidden' ||
        element.closest('[inert], [aria-hidden=true]') !== null
      // Placed out of sight until it has the focus, as a link past the navigation is.
      const tucked = width <= 1 || height <= 1 || style.clipPath !== 'none'
      if (hidden || tucked || (width >= least - 0.5 && height >= least - 0.5)) return []
      return [
        `${element.tagName.toLowerCase()} "${name(element)}" is ${Math.round(width)}x${Math.round(height)}, less than ${least}`,
      ]
    })
  }, least)
}

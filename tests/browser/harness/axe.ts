// What axe-core finds on the page as it stands.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import type { AxeResults, RunOptions } from 'axe-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Findings in words, one line an element. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(source)
  const results = (await page.evaluate((options) => {
    const { axe } = window as unknown as { axe: { run: (options: RunOptions) => Promise<AxeResults> } }
    return axe.run(options)
  }, options)) as AxeResults
  return results.violations.flatMap((rule) =>
    rule.nodes.map(
      (node) =>
        `${rule.id} (${rule.impact ?? 'minor'}): ${node.target.join(' ')} — ${node.failureSummary ?? rule.help}`,
    ),
  )
}

/** WCAG 2.2 AA and best practice, and the contrast of 7:1 that the design demands. */
const options: RunOptions = {
  resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  rules: { 'color-contrast-enhanced': { enabled: true }, 'color-contrast': { enabled: false } },
}

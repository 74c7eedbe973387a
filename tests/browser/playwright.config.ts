// How the browser tests run. `tests/tools/browser` builds what they need and starts them.

import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { leftovers } from './harness/places.ts'

export default defineConfig({
  testDir: 'specs',
  outputDir: join(leftovers, 'results'),
  globalSetup: './harness/prepare.ts',
  // Each spec file has a house of its own, so files run side by side and tests of a file one after the other.
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
})

// The door as browsers meet it: certificates, security keys, two people at once, a cut wire, a server that restarts.

import { expect, test } from '@playwright/test'
import { furnish, launch, tablet } from '../harness/profile.ts'
import { useHouse } from '../harness/house.ts'
import { inspect } from '../harness/screens.ts'
import { join } from 'node:path'
import { mkdirSync, rmSync } from 'node:fs'

const house = useHouse()

test('two people are signed in at once, each with their own device', async () => {
  const [nurse, carer] = await Promise.all([house().person('sato'), house().person('takahashi')])
  const who = await Promise.all([nurse, carer].map((person) => person.device.ask<{ login: string }>('GET', '/me')))
  expect(who.map(({ body }) => body.login)).toEqual(['hanako.sato', 'kenta.takahashi'])
  await house().empty()
})

test('a security key without its PIN signs nobody in', async () => {
  const nurse = await house().person('sato', { signedIn: false })
  await nurse.keys.verify(false)
  await expect(nurse.device.signIn(nurse.credentials)).rejects.toThrow(/NotAllowedError/)
  await nurse.keys.verify(true)
  await nurse.device.signIn(nurse.credentials)
  await house().empty()
})

test('a browser without a certificate does not get in', async () => {
  const { server } = house()
  const home = join(server.folder, 'homes/stranger')
  mkdirSync(home, { recursive: true })
  furnish(home, server.credentials.ca, house().files('aozora-pc'))
  rmSync(join(home, '.pki/nssdb/key4.db'))
  const context = await launch(home, { door: server.port, wire: server.port }, tablet)
  const page = context.pages()[0] ?? (await context.newPage())
  await expect(page.goto(server.url)).rejects.toThrow(/ERR_/)
  await context.close()
})

test('the door for enrolment has a page of its own, for a browser without a certificate', async () => {
  const { server } = house()
  const office = await house().person('yoshida', { path: '/administration/devices' })
  await office.page.getByRole('button', { name: /^端末登録口を開ける/ }).click()
  await expect(office.page.getByText(/^端末登録口は .+ まで開いています。$/)).toBeVisible()
  const home = join(server.folder, 'homes/newcomer')
  mkdirSync(home, { recursive: true })
  furnish(home, server.credentials.ca, house().files('aozora-pc'))
  rmSync(join(home, '.pki/nssdb/key4.db'))
  const context = await launch(home, { door: server.port, wire: server.port }, tablet)
  const page = context.pages()[0] ?? (await context.newPage())
  await page.goto(server.credentials.enrolment_url)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await inspect(page, 'enrolment-door')
  await context.close()
  await house().empty()
})

test('a cut wire is noticed, and mended without a new sign-in', async () => {
  const { device } = await house().person('sato')
  device.wire.cut()
  await expect(device.ask('GET', '/me')).rejects.toThrow(/Failed to fetch/)
  device.wire.mend()
  expect((await device.ask('GET', '/me')).status).toBe(200)
  await house().empty()
})

test('a session outlives a restart of the server, soft or hard', async () => {
  const { device } = await house().person('sato')
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await house().server.restart(signal)
    await expect.poll(async () => (await device.ask('GET', '/me').catch(() => ({ status: 0 }))).status).toBe(200)
  }
  await house().empty()
})

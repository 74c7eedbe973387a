// Before the first spec: the demonstration is made once, so that no house has to wait for it.

import { template } from './template.ts'

export default async function prepare(): Promise<void> {
  await template()
}

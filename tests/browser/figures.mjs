// What the page weighs and how quick it is, on the real server with demonstration data.
// `make figures` builds what it needs and runs it; `node tests/browser/figures.mjs screens change room` names parts.
import './harness/load.mjs'

const { figures } = await import('./harness/figures.ts')
await figures(process.argv.slice(2))
process.exit(0)

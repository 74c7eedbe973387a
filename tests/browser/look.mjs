// Takes a picture of a screen of the real thing: real server, real data, real certificate, real sign-in.
// `node tests/browser/look.mjs --help` tells how.
import './harness/load.mjs'

const { look } = await import('./harness/look.ts')
process.exit(await look(process.argv.slice(2)))

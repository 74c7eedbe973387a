// Lets plain Node 20 read the harness: takes the types out of `.ts` files as they are imported.
import { readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) register(import.meta.url)

/** Node's loading hook. */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  const { default: typescript } = await import('typescript')
  const path = fileURLToPath(url)
  const { outputText } = typescript.transpileModule(await readFile(path, 'utf8'), {
    fileName: path,
    compilerOptions: { module: 'ESNext', target: 'ES2023', inlineSourceMap: true },
  })
  return { format: 'module', source: outputText, shortCircuit: true }
}

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/**
 * Icons as markup. Their package builds each from data while the page draws, which on a screen full of cards costs more
 * than the words; here the drawing is read once, when the page is built. The page gives them a size, at most a fill.
 */
export const drawnIcons: Plugin = {
  name: 'drawn-icons',
  enforce: 'pre',
  transform(code, id) {
    if (!/\/@lucide\/svelte\/dist\/icons\/[^/]+\.svelte$/.test(id)) return undefined
    const data = /const iconData = (\{.*\});/.exec(code)?.[1]
    if (data === undefined) throw new Error(`${id} has another shape than the icons before it`)
    const { node } = JSON.parse(data) as { node: [string, Record<string, string>][] }
    const drawing = node.map(([tag, attributes]) => {
      const written = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`)
      return `<${tag} ${written.join(' ')} />`
    })
    return `<script>let { size = 24, fill = 'none' } = $props()</script>
<svg width={size} height={size} {fill} viewBox="0 0 24 24" stroke="currentColor" stroke-width="2"
  stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${drawing.join('')}</svg>`
  },
}

/**
 * Tells the service worker what the page is made of: its scripts and styles, not the fonts (kept as they are used) nor
 * the reader of PDF. Another page gives another worker, which is how a browser notices.
 */
export const worker: Plugin = {
  name: 'worker',
  closeBundle() {
    const parts = readdirSync('dist/assets')
      .filter((name) => /\.(?:js|mjs|css)$/.test(name) && !name.startsWith('pdf'))
      .map((name) => `/assets/${name}`)
    const page = createHash('sha256')
      .update(readFileSync('dist/index.html'))
      .update(parts.join())
      .digest('hex')
    const script = readFileSync('dist/sw.js', 'utf8')
    if (/^\s*(?:import|export)\b/m.test(script)) throw new Error('sw.js must stand alone')
    const told = script
      .replace('__PARTS__', JSON.stringify([...parts, '/icon.svg', '/manifest.webmanifest']))
      .replace('__VERSION__', page.slice(0, 16))
    if (/__[A-Z]+__/.test(told)) throw new Error('sw.js was not told everything')
    writeFileSync('dist/sw.js', told)
  },
}

/**
 * What PDF pages need besides the reader: tables of Japanese characters, the fonts that every PDF may count on, and the
 * decoder of scanned pictures. They lie under the reader's version, so that an old one never reads new tables.
 */
export const pdfTables: Plugin = {
  name: 'pdf-tables',
  generateBundle() {
    const from = 'node_modules/pdfjs-dist'
    const { version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as { version: string }
    const wanted = {
      cmaps: /^(?:.*RKSJ.*|Adobe-Japan.*|UniJIS.*|EUC-.|Ext-.|Add-.|78-.*|[HV]|LICENSE)(?:\.bcmap)?$/,
      standard_fonts: /./,
      wasm: /^(?:openjpeg_nowasm_fallback\.js|LICENSE.*OPENJPEG)$/,
    }
    for (const [folder, names] of Object.entries(wanted))
      for (const name of readdirSync(join(from, folder)).filter((one) => names.test(one)))
        this.emitFile({
          type: 'asset',
          fileName: `assets/pdf-${version}/${folder}/${name}`,
          source: readFileSync(join(from, folder, name)),
        })
  },
}

/** Writes `NAME.gz` beside what shrinks by it; the server sends that to every browser that unpacks it. */
export const packed: Plugin = {
  name: 'packed',
  // After everything is written: Vite still changes its scripts when the bundle is already named.
  closeBundle() {
    const folder = 'dist'
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(?:js|mjs|css|html|svg|json|webmanifest|wasm)$/.test(name)) continue
      const plain = readFileSync(join(folder, name))
      const small = gzipSync(plain, { level: 9 })
      if (small.length < plain.length * 0.9) writeFileSync(join(folder, `${name}.gz`), small)
    }
  },
}

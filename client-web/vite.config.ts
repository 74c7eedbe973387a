import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

/** Every browser that has passkeys reads woff2: the older format would double the fonts in the binary. */
const woff2Only: Plugin = {
  name: 'woff2-only',
  enforce: 'pre',
  transform: (code, id) =>
    id.includes('@fontsource') && id.split('?')[0]?.endsWith('.css')
      ? code.replace(/,\s*url\([^)]*\.woff\)\s*format\('woff'\)/g, '')
      : undefined,
}

export default defineConfig({
  plugins: [woff2Only, svelte()],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
})

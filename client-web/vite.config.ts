import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'
import { packed, woff2Only } from './tools/build.ts'

export default defineConfig({
  plugins: [svelte(), woff2Only, packed],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
})

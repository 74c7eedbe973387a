import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'
import { drawnIcons, packed, pdfTables, worker } from './tools/build.ts'
import { fonts } from './tools/fonts.ts'

export default defineConfig({
  plugins: [drawnIcons, svelte(), fonts, pdfTables, worker, packed],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: 'index.html', sw: 'src/sw.ts' },
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        // What every first screen needs is one script and one style sheet: each more is another question to the worker.
        codeSplitting: {
          groups: [{ name: 'page', tags: ['$initial'], test: (id) => !id.endsWith('/sw.ts') }],
        },
      },
    },
  },
})

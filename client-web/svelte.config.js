import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'

// `fragments: 'tree'` builds the page without innerHTML, so that no Trusted Types policy of Svelte's own is needed.
export default {
  preprocess: vitePreprocess({ script: false }),
  compilerOptions: { runes: true, fragments: 'tree' },
}

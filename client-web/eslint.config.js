import svelte from 'eslint-plugin-svelte'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

// The rooms of the page: a room imports from the rooms below it only (wire ← net, state ← flow ← view ← main).
const below = {
  text: [],
  wire: [],
  net: ['wire', 'text'],
  state: ['wire', 'text'],
  flow: ['wire', 'net', 'state', 'text'],
  view: ['wire', 'state', 'flow', 'text', 'style'],
}
const rooms = Object.keys(below)
const held = rooms.map((room) => ({
  files: [`src/${room}/**`],
  ignores: ['**/*.test.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [...rooms, 'main']
          .filter((other) => other !== room && !below[room].includes(other))
          .map((other) => ({
            group: [`**/${other}/*`, `**/${other}`],
            message: `${room}/ does not know ${other}/`,
          })),
      },
    ],
  },
}))

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/wire/generated.ts', 'tools', '*.config.js', '*.config.ts'] },
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      'svelte/no-at-html-tags': 'error',
      'svelte/no-navigation-without-resolve': 'off',
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'net/ asks the server' },
        { name: 'WebSocket', message: 'net/ asks the server' },
      ],
    },
  },
  { files: ['src/net/**', 'src/sw.ts'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    // The linter sees the properties of other components as `any`; svelte-check holds their types.
    files: ['**/*.svelte'],
    rules: Object.fromEntries(
      [
        'unused-expressions',
        'unsafe-argument',
        'unsafe-assignment',
        'unsafe-call',
        'unsafe-member-access',
        'unsafe-return',
      ].map((rule) => [`@typescript-eslint/no-${rule}`, 'off']),
    ),
  },
  ...held,
)

// state: how a person likes the page. Kept per person on the device, without a name.
import type { Language } from '../text/words.svelte'

export type Theme = 'light' | 'dark' | 'night' | 'system'
export type Step = 18 | 22 | 26

export interface Settings {
  theme: Theme
  step: Step
  language: Language
  /** Whether すぐ may sound here. */
  sound: boolean
}

export const DEFAULTS: Settings = { theme: 'system', step: 18, language: 'ja', sound: true }

export const settings = $state<Settings>({ ...DEFAULTS })

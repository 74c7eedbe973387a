// flow: how a person likes the page, kept on this device under the person's random id.
import { readSetting, writeSetting } from '../net/keep'
import { DEFAULTS, settings, type Settings } from '../state/settings.svelte'
import { house } from '../state/session.svelte'
import { language } from '../text/words.svelte'

/** What the device itself asks for; missing where no browser is. */
const systemIsDark = 'matchMedia' in globalThis ? matchMedia('(prefers-color-scheme: dark)') : undefined

/** Puts the present settings into force, and again whenever the device turns dark or light. */
export function followSystem(): void {
  applySettings({ ...settings })
  systemIsDark?.addEventListener('change', () => applySettings({ ...settings }))
}

/** What a person chose on this device; the defaults for nobody. */
export function settingsOf(person: string | undefined): Settings {
  return {
    ...DEFAULTS,
    ...(person ? (readSetting(`look.${person}`) as Partial<Settings> | undefined) : undefined),
  }
}

/** Puts settings into force. */
export function applySettings(chosen: Settings): void {
  Object.assign(settings, chosen)
  language.current = chosen.language
  const page = document.documentElement
  page.lang = chosen.language
  page.dataset.theme = chosen.theme === 'system' ? (systemIsDark?.matches ? 'dark' : 'light') : chosen.theme
  page.dataset.step = String(chosen.step)
}

/** Changes a setting for the person who is signed in, or for this visit. */
export function changeSetting<Name extends keyof Settings>(name: Name, value: Settings[Name]): void {
  const chosen = { ...settings, [name]: value }
  applySettings(chosen)
  if (house.self) writeSetting(`look.${house.self.person}`, chosen)
}

// text: the two languages of the page. A dictionary has the same keys in both; the compiler holds that.

/** A language of the page. */
export type Language = 'ja' | 'en'

/** The language that is spoken now. */
export const language = $state<{ current: Language }>({ current: 'ja' })

type Same<Table> = {
  [Key in keyof Table]: Table[Key] extends (...given: infer Given) => string
    ? (...given: Given) => string
    : string
}

/**
 * A dictionary. Reading a key gives the word in the present language, and a screen that read it is drawn anew when
 * the language changes.
 */
export function words<const Table extends Record<string, string | ((...given: never[]) => string)>>(
  ja: Table,
  en: NoInfer<Same<Table>>,
): Same<Table> {
  const tables = { ja, en } as Record<Language, Record<string, unknown>>
  return new Proxy({} as Same<Table>, { get: (_, key) => tables[language.current][String(key)] })
}

/** One of two words, in the present language: for tables that the server sends in both. */
export function either(both: { japanese: string; english: string }): string {
  return language.current === 'ja' ? both.japanese : both.english
}

// net: what the browser keeps. Nothing that a person wrote or read lies here in clear (threat model C7).

/** Reads a setting of this device. */
export function readSetting(name: string): unknown {
  try {
    const text = localStorage.getItem(`tasuki.${name}`)
    return text === null ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}

/** Keeps a setting on this device; a browser without storage keeps it for this visit only. */
export function writeSetting(name: string, value: unknown): void {
  try {
    localStorage.setItem(`tasuki.${name}`, JSON.stringify(value))
  } catch {
    // Storage is full or switched off: a setting is not worth a word to the person.
  }
}

const clearings = new Set<() => void>()

/** Names something that holds a person's things, to be emptied when the person leaves. */
export function clearWithPerson(clear: () => void): void {
  clearings.add(clear)
}

/** Empties everything that holds a person's things. */
export function clearPerson(): void {
  for (const clear of clearings) clear()
}

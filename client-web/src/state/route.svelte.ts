// state: which screen is shown. The address is its only source; net/address.ts reads and writes it.

export const route = $state<{ path: string; query: Record<string, string> }>({ path: '/', query: {} })

/** The parts of the path: `/rooms/1` gives `['rooms', '1']`. */
export function parts(): string[] {
  return route.path.split('/').filter(Boolean)
}

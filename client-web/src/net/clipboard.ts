// net: the browser's clipboard.

/** Copies text; fails when the browser or the person does not allow it. */
export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
}

// net: files that leave the page for the person's own folder.
import { reach } from './http'

/**
 * Fetches a file and hands it to the browser for saving, under the name that the server gives it.
 * @throws Problem, Unreached
 */
export async function download(url: string, fallbackName: string): Promise<void> {
  const response = await reach(url)
  const name =
    /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? fallbackName
  save(await response.blob(), name)
}

/** Hands bytes to the browser for saving. */
export function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob)
  const anchor = document.createElement('a')
  anchor.href = address
  anchor.download = name
  document.body.append(anchor)
  anchor.click()
  anchor.remove()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

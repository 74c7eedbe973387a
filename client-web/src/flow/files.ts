// flow: files of posts. They come over the same way as everything, stand in memory as long as a screen shows them, and go.
import { reach } from '../net/http'
import { onLeave } from './house'

/** A file in memory, until `drop`. */
export interface HeldFile {
  url: string
  drop: () => void
}

const kept = new Map<string, Blob>()

function hold(blob: Blob): HeldFile {
  const url = URL.createObjectURL(blob)
  kept.set(url, blob)
  return {
    url,
    drop: () => {
      kept.delete(url)
      URL.revokeObjectURL(url)
    },
  }
}

onLeave(() => {
  for (const url of kept.keys()) URL.revokeObjectURL(url)
  kept.clear()
})

const address = (attachment: string) => `/api/v1/attachments/${encodeURIComponent(attachment)}`

/** The small picture of a photo. */
export async function smallPicture(attachment: string, signal: AbortSignal): Promise<HeldFile> {
  return hold(await (await reach(`${address(attachment)}/thumbnail`, { signal })).blob())
}

/** The whole file, as its kind; the look is in the access log first. */
export async function wholeFile(
  attachment: string,
  mediaType: string,
  signal: AbortSignal,
): Promise<HeldFile> {
  const bytes = await (await reach(address(attachment), { signal })).arrayBuffer()
  return hold(new Blob([bytes], { type: mediaType }))
}

/** The bytes of a file that is held in memory. */
export async function blobBytes(url: string): Promise<ArrayBuffer> {
  const blob = kept.get(url)
  if (!blob) throw new Error('the file is not held any more')
  return blob.arrayBuffer()
}

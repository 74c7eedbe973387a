// flow: files of posts. They come over the same way as everything, stand in memory as long as a screen shows them, and go.
import { reach } from '../net/http'
import { onLeave } from './house'

/** A file in memory, until `drop`. */
export interface HeldFile {
  url: string
  drop: () => void
}

const held = new Set<string>()

function hold(blob: Blob): HeldFile {
  const url = URL.createObjectURL(blob)
  held.add(url)
  return {
    url,
    drop: () => {
      held.delete(url)
      URL.revokeObjectURL(url)
    },
  }
}

onLeave(() => {
  for (const url of held) URL.revokeObjectURL(url)
  held.clear()
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

/** The bytes of a file. */
export async function fileBytes(attachment: string, signal: AbortSignal): Promise<ArrayBuffer> {
  return (await reach(address(attachment), { signal })).arrayBuffer()
}

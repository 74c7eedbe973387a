// net: pictures as this browser can read and make them. Nothing is written to the device's gallery.

const QUALITY = 0.9

/** A picture of the HEIC family, by its name or by its first bytes. */
export async function isHeic(file: Blob, name: string): Promise<boolean> {
  if (/heic|heif/.test(file.type) || /\.(heic|heif)$/i.test(name)) return true
  const head = new TextDecoder('latin1').decode(await file.slice(4, 12).arrayBuffer())
  return /^ftyp(heic|heix|hevc|heim|heis|mif1|msf1)/.test(head)
}

/** Draws a picture anew as JPEG, when this browser can read it. */
export async function toJpeg(file: Blob): Promise<Blob | undefined> {
  try {
    const bitmap = await createImageBitmap(file)
    const canvas = document.createElement('canvas')
    canvas.width = bitmap.width
    canvas.height = bitmap.height
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
    bitmap.close()
    return await jpeg(canvas)
  } catch {
    return undefined
  }
}

/** What a canvas shows, as JPEG. */
export function jpeg(canvas: HTMLCanvasElement): Promise<Blob | undefined> {
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', QUALITY))
}

/** The camera's picture as it is now. */
export function still(video: HTMLVideoElement): Promise<Blob | undefined> {
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  return jpeg(canvas)
}

/** Whether the page can show a camera at all. */
export function hasCamera(): boolean {
  return 'mediaDevices' in navigator && 'getUserMedia' in navigator.mediaDevices
}

/** Opens the camera; `environment` looks away from the person. */
export function openCamera(facing: 'environment' | 'user'): Promise<MediaStream> {
  const video = { facingMode: { ideal: facing }, width: { ideal: 2560 }, height: { ideal: 1440 } }
  return navigator.mediaDevices.getUserMedia({ video, audio: false })
}

/** Switches it off. */
export function closeCamera(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}

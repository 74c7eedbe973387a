// flow: PDF pages on a canvas, by pdf.js. Its worker and its tables come from this server; no script of a file is run.
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url'
import { GlobalWorkerOptions, getDocument, version, type PDFDocumentProxy } from 'pdfjs-dist'
import { scriptUrl } from '../net/trusted'

/** A PDF in memory, until `drop`. */
export interface HeldPdf {
  pages: number
  /** Draws a page onto a canvas, so wide in CSS pixels; gives how to stop. */
  draw: (
    canvas: HTMLCanvasElement,
    page: number,
    width: number,
    zoom: number,
  ) => { done: Promise<void>; stop: () => void }
  drop: () => void
}

/** Where the build has put the tables (tools/build.ts). */
const TABLES = `/assets/pdf-${version}`

let port: Worker | undefined

/** Reads a PDF. @throws when it is none, or is locked by a password. */
export async function holdPdf(bytes: ArrayBuffer): Promise<HeldPdf> {
  port ??= new Worker(scriptUrl(workerUrl), { type: 'module' })
  GlobalWorkerOptions.workerPort = port
  const task = getDocument({
    data: bytes,
    isEvalSupported: false,
    enableXfa: false,
    useWasm: false,
    useSystemFonts: true,
    cMapUrl: `${TABLES}/cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${TABLES}/standard_fonts/`,
    wasmUrl: `${TABLES}/wasm/`,
  })
  const file: PDFDocumentProxy = await task.promise
  return {
    pages: file.numPages,
    draw: (canvas, page, width, zoom) => draw(file, canvas, page, width * zoom),
    drop: () => void task.destroy(),
  }
}

function draw(file: PDFDocumentProxy, canvas: HTMLCanvasElement, number: number, width: number) {
  let stopped = false
  const isStopped = () => stopped
  let stop: () => void = () => undefined
  const done = (async () => {
    const page = await file.getPage(number)
    if (isStopped()) return
    const natural = page.getViewport({ scale: 1 })
    // A canvas of more than 16 million points is refused by some tablets.
    const wanted = (width / natural.width) * Math.min(devicePixelRatio, 2)
    const most = Math.sqrt(16_000_000 / (natural.width * natural.height))
    const viewport = page.getViewport({ scale: Math.min(wanted, most) })
    canvas.width = Math.floor(viewport.width)
    canvas.height = Math.floor(viewport.height)
    canvas.style.width = `${String(width)}px`
    const task = page.render({ canvas, viewport })
    stop = () => task.cancel()
    await task.promise
  })()
  return {
    done,
    stop: () => {
      stopped = true
      stop()
    },
  }
}

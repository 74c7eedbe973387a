// flow: the sound of すぐ, made from tones, so that nothing needs to be loaded. A browser lets a page sound only after
// somebody touched it: the first touch of the day enables it.

/** Three rising tones, twice: unlike any telephone or nurse call of the house. Hertz and seconds. */
const TONES = [660, 880, 1175, 660, 880, 1175] as const
const LENGTH = 0.16
const STEP = 0.2
const EVERY = 2_500

let audio: AudioContext | undefined
let repeating: ReturnType<typeof setInterval> | undefined

/** Whether the page may sound. */
export function maySound(): boolean {
  return audio?.state === 'running'
}

/** Enables the sound with the next touch or key; again whenever the browser has taken it away. Returns how to stop. */
export function enableSoundByTouch(enabled: (may: boolean) => void): () => void {
  const wake = () => {
    audio ??= new AudioContext()
    if (audio.state !== 'running') void audio.resume().then(() => enabled(maySound()))
    else enabled(true)
  }
  const signs = ['pointerdown', 'keydown'] as const
  for (const sign of signs) addEventListener(sign, wake, { passive: true, capture: true })
  return () => {
    for (const sign of signs) removeEventListener(sign, wake, { capture: true })
  }
}

function once(): void {
  if (!audio || audio.state !== 'running') return
  const begin = audio.currentTime + 0.02
  TONES.forEach((hertz, index) => {
    if (!audio) return
    const [tone, volume] = [audio.createOscillator(), audio.createGain()]
    const [from, until] = [begin + index * STEP, begin + index * STEP + LENGTH]
    tone.type = 'triangle'
    tone.frequency.value = hertz
    // Without soft edges each tone would click.
    volume.gain.setValueAtTime(0.0001, from)
    volume.gain.exponentialRampToValueAtTime(0.6, from + 0.02)
    volume.gain.exponentialRampToValueAtTime(0.0001, until)
    tone.connect(volume).connect(audio.destination)
    tone.start(from)
    tone.stop(until)
  })
}

/** Sounds, again and again, until it is stopped. */
export function soundOn(): void {
  if (repeating) return
  once()
  repeating = setInterval(once, EVERY)
  // Before the first touch a browser forbids it and says so on its console.
  if ('vibrate' in navigator && navigator.userActivation.hasBeenActive) navigator.vibrate([300, 150, 300])
}

/** Falls silent. */
export function soundOff(): void {
  clearInterval(repeating)
  repeating = undefined
}

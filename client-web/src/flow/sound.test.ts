import { afterEach, beforeEach, expect, it, vi } from 'vitest'

/** A browser's audio, as far as a page may know: suspended until somebody touches it. */
class Audio {
  static made = 0
  static tones: { hertz: number; from: number }[] = []
  state = 'suspended'
  currentTime = 10
  destination = {}
  constructor() {
    Audio.made++
  }
  async resume() {
    this.state = 'running'
    return Promise.resolve()
  }
  createGain() {
    const gain = { setValueAtTime: () => gain, exponentialRampToValueAtTime: () => gain }
    return { gain, connect: () => undefined }
  }
  createOscillator() {
    const tone = {
      type: '',
      frequency: { value: 0 },
      connect: (next: unknown) => next,
      start: (from: number) => Audio.tones.push({ hertz: tone.frequency.value, from }),
      stop: () => undefined,
    }
    return tone
  }
}

const page = new EventTarget()
beforeEach(() => {
  vi.useFakeTimers()
  vi.resetModules()
  Audio.made = 0
  Audio.tones = []
  vi.stubGlobal('AudioContext', Audio)
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  vi.stubGlobal('navigator', {})
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it('is silent before the first touch, and says so', async () => {
  const sound = await import('./sound')
  expect(sound.maySound()).toBe(false)
  sound.soundOn()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(Audio.tones).toEqual([])
  sound.soundOff()
})

it('may sound after a touch, with one audio for all touches', async () => {
  const sound = await import('./sound')
  const heard: boolean[] = []
  const stop = sound.enableSoundByTouch((may) => heard.push(may))
  page.dispatchEvent(new Event('pointerdown'))
  await vi.advanceTimersByTimeAsync(0)
  page.dispatchEvent(new Event('keydown'))
  stop()
  page.dispatchEvent(new Event('keydown'))
  expect(heard).toEqual([true, true])
  expect(Audio.made).toBe(1)
})

it('sounds six rising tones again and again until it is stopped', async () => {
  const sound = await import('./sound')
  const stop = sound.enableSoundByTouch(() => undefined)
  page.dispatchEvent(new Event('pointerdown'))
  await vi.advanceTimersByTimeAsync(0)
  sound.soundOn()
  sound.soundOn()
  expect(Audio.tones).toHaveLength(6)
  expect(Audio.tones.slice(0, 3).map((tone) => tone.hertz)).toEqual([660, 880, 1175])
  await vi.advanceTimersByTimeAsync(5000)
  expect(Audio.tones).toHaveLength(18)
  sound.soundOff()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(Audio.tones).toHaveLength(18)
  stop()
})

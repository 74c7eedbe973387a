// flow: the screen of a care device stays awake, so that すぐ is seen (a sleeping tablet cannot be woken by a page).

/** Keeps the screen awake while this page is in front. Returns how to stop. */
export function keepAwake(): () => void {
  let held: WakeLockSentinel | undefined
  let over = false
  const hold = () => {
    if (over || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
    navigator.wakeLock.request('screen').then(
      (lock) => {
        if (over) void lock.release()
        else held = lock
      },
      // An empty battery may refuse it: the tablet then sleeps as it is set.
      () => undefined,
    )
  }
  hold()
  // The browser lets go when the page leaves the front.
  document.addEventListener('visibilitychange', hold)
  return () => {
    over = true
    document.removeEventListener('visibilitychange', hold)
    void held?.release()
  }
}

// flow: notices of the browser for somebody who looks elsewhere. They hold no name and no word of a message.
import { readSetting, writeSetting } from '../net/keep'

/** Whether this browser shows notices to this page: `unable` has no such thing. */
export function noticesAre(): NotificationPermission | 'unable' {
  return 'Notification' in window ? Notification.permission : 'unable'
}

/** Asks the person, through the browser. */
export async function allowNotices(): Promise<NotificationPermission | 'unable'> {
  if (!('Notification' in window)) return 'unable'
  return Notification.requestPermission()
}

/** Whether the person said 「あとで」 on this device. */
export function saidLater(): boolean {
  return readSetting('notices.later') === true
}

/** The person does not want to be asked on this device again; my page still has it. */
export function sayLater(): void {
  writeSetting('notices.later', true)
}

/** Shows a notice while the page is not in front. The same `tag` replaces the one before. */
export async function notice(title: string, tag: string): Promise<void> {
  if (noticesAre() !== 'granted' || document.visibilityState === 'visible') return
  const options: NotificationOptions = { tag, icon: '/icon.svg', requireInteraction: true, lang: 'ja' }
  // Phones and tablets show notices through the service worker only.
  const worker = await navigator.serviceWorker.getRegistration().catch(() => undefined)
  if (worker?.active) return worker.showNotification(title, options)
  const shown = new Notification(title, options)
  shown.onclick = () => {
    window.focus()
    shown.close()
  }
}

/** Takes notices away, once nothing calls any more. */
export async function clearNotices(tag: string): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const worker = await navigator.serviceWorker.getRegistration().catch(() => undefined)
  const shown = await worker?.getNotifications({ tag }).catch(() => [])
  for (const one of shown ?? []) one.close()
}

/** Title of the tab and number on the page's icon. */
export function showCount(title: string, count: number): void {
  document.title = title
  if (!('setAppBadge' in navigator)) return
  // A page that is not installed has no icon to put a number on.
  const shown = count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()
  shown.catch(() => undefined)
}

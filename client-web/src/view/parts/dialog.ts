// view: what a dialog is told, and the frame that it is drawn with, which no first screen needs.
import type { Snippet } from 'svelte'
import { later } from './later'

/** What whoever opens a dialog says. */
export interface DialogProps {
  open: boolean
  title: string
  description?: string | undefined
  wide?: boolean | undefined
  onclose?: (() => void) | undefined
  children: Snippet
  /** The buttons at the end. */
  actions?: Snippet | undefined
}

export const frame = later(() => import('./DialogFrame.svelte'))

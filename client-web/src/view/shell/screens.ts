// view: which screen belongs to which address. What the care floor does not need at once is loaded when it is opened.
import type { Component } from 'svelte'
import Handover from '../handover/Handover.svelte'
import Home from '../home/Home.svelte'
import RoomScreen from '../room/RoomScreen.svelte'

export interface Screen {
  component: Component | (() => Promise<{ default: Component }>)
  lazy: boolean
  /** Whether the list of rooms stands beside it from tablet size on. */
  withList: boolean
  density: 'care' | 'administration'
}

const at_once = (component: Component): Screen => ({
  component,
  lazy: false,
  withList: true,
  density: 'care',
})
const later = (
  component: () => Promise<{ default: Component }>,
  density: Screen['density'] = 'care',
): Screen => ({
  component,
  lazy: true,
  withList: false,
  density,
})

/** Screens by the first part of the address. */
export const screens: Record<string, Screen> = {
  '': at_once(Home),
  rooms: at_once(RoomScreen),
  handover: at_once(Handover),
  groups: later(() => import('../rooms/Rooms.svelte')),
  people: later(() => import('../people/People.svelte')),
  me: later(() => import('../me/Me.svelte')),
  administration: later(() => import('../administration/Administration.svelte'), 'administration'),
  log: later(() => import('../log/Log.svelte'), 'administration'),
  system: later(() => import('../system/System.svelte'), 'administration'),
}

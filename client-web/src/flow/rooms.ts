// flow: group rooms and conversations: the list, making one, who is in it, closing and opening it again.
import { ask } from '../net/http'
import { rooms } from '../state/rooms.svelte'
import { house } from '../state/session.svelte'
import {
  getRooms,
  getRoomsOne,
  postRooms,
  postRoomsClose,
  postRoomsMembers,
  postRoomsReopen,
  type Room,
} from '../wire/generated'
import { onLeave } from './house'
import { on, onOpen } from './line'
import { go } from './navigate'

onLeave(() => {
  rooms.all = undefined
  rooms.cause = undefined
})

/** Reads the list. An answer that comes when the person has left is not for the next one. */
export async function readRooms(): Promise<void> {
  const session = house.session?.session
  try {
    const list = await ask(getRooms)
    if (house.session?.session === session) Object.assign(rooms, { all: list.rooms, cause: undefined })
  } catch (cause) {
    if (house.session?.session === session) rooms.cause = cause
  }
}

/** Keeps the list fresh while it is on the screen. Returns how to stop. */
export function followRooms(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void readRooms(), 400)
  }
  const stops = [on('head', soon), on('urgent', soon), onOpen(() => void readRooms())]
  void readRooms()
  return () => {
    clearTimeout(timer)
    for (const stop of stops) stop()
  }
}

/** Makes a group room and goes there. */
export async function makeRoom(title: string, members: string[]): Promise<void> {
  const { room } = await ask(postRooms, { body: { title, members } })
  go(`/rooms/${room}`)
}

/** A room with who is in it. */
export function readRoom(room: string): Promise<Room> {
  return ask(getRoomsOne, { path: { room } })
}

/** Lets people in and takes others out; by the owner. */
export async function changeMembers(room: string, add: string[], remove: string[]): Promise<Room> {
  await ask(postRoomsMembers, { path: { room }, body: { add, remove } })
  return readRoom(room)
}

/** Closes a group: it stays readable. */
export async function closeRoom(room: string): Promise<void> {
  await ask(postRoomsClose, { path: { room } })
  await readRooms()
}

/** Opens a closed group again. */
export async function reopenRoom(room: string): Promise<void> {
  await ask(postRoomsReopen, { path: { room } })
  await readRooms()
}

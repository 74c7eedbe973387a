// state: rooms without a patient: groups and conversations.
import type { RoomHead } from '../wire/generated'

class RoomsState {
  all = $state.raw<readonly RoomHead[] | undefined>()
  cause = $state.raw<unknown>()
}

export const rooms = new RoomsState()

/** What a room is called. */
export function titleOf(room: RoomHead): string {
  return room.title ?? room.other?.name ?? ''
}

/** Rooms of one kind in the order in which one looks for them: what waits first, then by title. */
export function ordered(all: readonly RoomHead[], kind: 'group' | 'direct', closed = false): RoomHead[] {
  const weight = (room: RoomHead) => (room.urgent ? 0 : room.unread ? 1 : 2)
  return all
    .filter((room) => room.kind === kind && room.closed === closed)
    .sort((one, other) => weight(one) - weight(other) || titleOf(one).localeCompare(titleOf(other), 'ja'))
}

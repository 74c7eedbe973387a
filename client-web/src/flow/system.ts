// flow: the system's state, for whoever administers it.
import { ask } from '../net/http'
import { getSystem, type SystemStateView } from '../wire/generated'
import { steppedUp } from './step_up'

/** The state of the system; needs a fresh passkey. @throws Problem, Unreached, PasskeyCancelled */
export function readSystem(): Promise<SystemStateView> {
  return steppedUp(() => ask(getSystem))
}

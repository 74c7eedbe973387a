// view: something under way: whether it runs, and what to say when it fails. Words already typed stay where they are.
import { fieldOf, sentence } from '../../flow/sentence'

/** One act of a screen: run it, show `busy` meanwhile, and `failure` afterwards. */
export class Act {
  busy = $state(false)
  failure = $state<string>()
  /** The field that the refusal named, with dots into nested objects. */
  field = $state<string>()

  /** Runs; true when it went well. A second run while one is under way does nothing. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    this.failure = undefined
    this.field = undefined
    try {
      await work()
      return true
    } catch (cause) {
      this.failure = sentence(cause)
      this.field = fieldOf(cause)
      return false
    } finally {
      this.busy = false
    }
  }

  /** The sentence for one field, when it was that one. */
  at(...names: string[]): string | undefined {
    return this.field !== undefined && names.includes(this.field) ? this.failure : undefined
  }

  /** The sentence, when it belongs to none of these fields. */
  apartFrom(...names: string[]): string | undefined {
    return this.field !== undefined && names.includes(this.field) ? undefined : this.failure
  }
}

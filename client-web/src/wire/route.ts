// wire: one question to the server, as its description has it. Knows no network.
import type * as v from 'valibot'

/** Nothing is sent in this part of the question. */
export type None = undefined

/** A route of the server: where it is, and how its answer is read. */
export interface Route<Path, Query, Body, Answer> {
  readonly method: string
  readonly path: string
  readonly answer: v.GenericSchema<unknown, Answer> | undefined
  /** Only for the compiler: what the question takes. */
  readonly takes?: { path: Path; query: Query; body: Body }
}

/** Names a route. */
export function route<Path, Query, Body, Answer>(
  method: string,
  path: string,
  answer: unknown,
): Route<Path, Query, Body, Answer> {
  return { method, path, answer: answer as v.GenericSchema<unknown, Answer> | undefined }
}

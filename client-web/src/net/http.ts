// net: the only caller of fetch. Answers are read by their schema; what is not as described is a defect, not data.
import * as v from 'valibot'
import { ProblemDocumentSchema, type ProblemDocument } from '../wire/generated'
import type { Route } from '../wire/route'

/** The server refused, with a sentence for the person and a code for programs (RFC 9457). */
export class Problem extends Error {
  readonly document: ProblemDocument
  /** The whole body, for the few problems that say more (`posts` of `sign_in.post`, `taken_by`). */
  readonly body: unknown

  constructor(document: ProblemDocument, body: unknown) {
    super(document.code)
    this.name = 'Problem'
    this.document = document
    this.body = body
  }

  get code(): string {
    return this.document.code
  }
}

/** The server was not reached: nothing is known about what became of the question. */
export class Unreached extends Error {
  constructor() {
    super('unreached')
    this.name = 'Unreached'
  }
}

type Part<Name extends string, Value> = [Value] extends [undefined]
  ? { [key in Name]?: undefined }
  : { [key in Name]: Value }
type QueryPart<Value> = [Value] extends [undefined]
  ? { query?: undefined }
  : object extends Value
    ? { query?: Value }
    : { query: Value }
/** What a route takes: `path`, `query` and `body` where it has them. */
export type Input<Path, Query, Body> = Part<'path', Path> &
  QueryPart<Query> &
  Part<'body', Body> & {
    signal?: AbortSignal
    /** The question goes out although the page is left; for what must not be lost then. */
    keepalive?: boolean
  }

const listeners = new Set<(problem: Problem) => void>()

/** Hears every refusal, so that an ended session is noticed whoever asked. Returns how to stop hearing. */
export function hearProblems(listener: (problem: Problem) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

let reads: AbortController | undefined

/** A person comes in: what is read from now on is for their eyes only. */
export function beginReads(): void {
  reads ??= new AbortController()
}

/**
 * The person leaves: what they were reading never arrives, also when its answer is on the way, and nobody hears how it
 * ended. What they were doing goes on.
 */
export function dropReads(): void {
  reads?.abort()
  reads = undefined
}

/**
 * Asks the server.
 * @throws Problem when it refuses; Unreached when there is no answer, or when it was for somebody who left.
 */
export async function ask<Path, Query, Body, Answer>(
  route: Route<Path, Query, Body, Answer>,
  ...[input]: object extends Input<Path, Query, Body>
    ? [Input<Path, Query, Body>?]
    : [Input<Path, Query, Body>]
): Promise<Answer> {
  const given = input as
    { path?: object; query?: object; body?: unknown; signal?: AbortSignal; keepalive?: boolean } | undefined
  const init: RequestInit = { method: route.method, headers: {} }
  if (given?.body !== undefined) {
    init.body = JSON.stringify(given.body)
    init.headers = { 'content-type': 'application/json' }
  }
  if (given?.signal) init.signal = given.signal
  if (given?.keepalive) init.keepalive = true
  const response = await reach(address(route.path, given?.path, given?.query), init)
  if (!route.answer || response.status === 204) return undefined as Answer
  return v.parse(route.answer, await bodyOf(response))
}

/** @throws Unreached when the answer breaks off: nothing is known of the rest */
async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (cause) {
    throw cause instanceof SyntaxError ? cause : new Unreached()
  }
}

/** Asks for something that is no JSON: a file, a stream. The caller reads the body. */
export async function reach(url: string, init: RequestInit = {}): Promise<Response> {
  const asker = reads
  const isRead = (init.method ?? 'GET') === 'GET'
  let response: Response
  try {
    response = await fetch(url, {
      credentials: 'same-origin',
      cache: 'no-store',
      ...init,
      signal: init.signal ?? (isRead ? (asker?.signal ?? null) : null),
    })
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    throw new Unreached()
  }
  if (response.ok) return response
  const body: unknown = await response.json().catch(() => undefined)
  // Whoever is here now is not locked or signed out by what the one before was refused.
  throw asker === reads ? refusal(response.status, body) : problem(response.status, body)
}

function problem(status: number, body: unknown): Problem {
  const parsed = v.safeParse(ProblemDocumentSchema, body)
  return new Problem(parsed.success ? parsed.output : unexpected(status), body)
}

/** The problem of an answer that is no good; everybody who listens hears of it. */
export function refusal(status: number, body: unknown): Problem {
  const found = problem(status, body)
  for (const listener of listeners) listener(found)
  return found
}

function unexpected(status: number): ProblemDocument {
  return {
    type: 'urn:tasuki:problem:unexpected',
    code: 'unexpected',
    status,
    title: 'The server answered in an unexpected way. Please try again.',
    title_ja: 'サーバーから思わぬ返事がありました。もう一度お試しください。',
  }
}

function address(path: string, parts: object = {}, query: object = {}): string {
  let url = path
  for (const [name, value] of Object.entries(parts))
    url = url.replace(`{${name}}`, encodeURIComponent(String(value)))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null) search.set(name, String(value))
  return search.size ? `${url}?${search.toString()}` : url
}

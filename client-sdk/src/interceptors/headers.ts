// Headers of our own, and those that policies look at: read once a call, written once an attempt, in whichever of undici's four shapes the caller gave them.

import type { Dispatcher } from 'undici'
import type { Call } from './call.js'

type GivenHeaders = Dispatcher.DispatchOptions['headers']

export const DEADLINE_HEADER = 'x-roster-deadline'
export const ATTEMPT_HEADER = 'x-roster-attempt'

/** What the request brought along. */
export interface OwnHeaders {
  readonly host: string | undefined
  /** Time left to whoever called us, ms. */
  readonly deadlineMs: number | undefined
  /** Somebody before us sends again if this fails, so we must not. */
  readonly numbered: boolean
  /** Value of the header that the policy hashes. */
  readonly key: string | undefined
}

const none: OwnHeaders = { host: undefined, deadlineMs: undefined, numbered: false, key: undefined }

/** @param hashed name of the header that decides where the request goes, in lower case */
export function ownHeaders (headers: GivenHeaders, hashed: string | undefined): OwnHeaders {
  if (headers === undefined || headers === null) return none
  let host: string | undefined
  let deadlineMs: number | undefined
  let numbered = false
  let key: string | undefined
  const look = (name: string, value: unknown) => {
    // Most names are settled by their length alone.
    const { length } = name
    if (length === 4 && host === undefined && name.toLowerCase() === 'host') host = text(value)
    else if (length === DEADLINE_HEADER.length && name.toLowerCase() === DEADLINE_HEADER) deadlineMs = milliseconds(text(value))
    else if (length === ATTEMPT_HEADER.length && name.toLowerCase() === ATTEMPT_HEADER) numbered = /^[1-9]\d*$/.test(text(value) ?? '')
    if (hashed !== undefined && length === hashed.length && name.toLowerCase() === hashed) key = text(value)
  }
  each(headers, look)
  return host === undefined && deadlineMs === undefined && !numbered && key === undefined ? none : { host, deadlineMs, numbered, key }
}

/**
 * The headers of one attempt. Of what the caller gave, our own are replaced.
 * @param left until the deadline, ms
 */
export function stamped (headers: GivenHeaders, call: Call, host: string, left: number): Exclude<GivenHeaders, null | undefined> {
  const { own, added, attempt } = call
  // What nearly every call is.
  if ((headers === undefined || headers === null) && added === undefined && left === Infinity) return ['host', host, ATTEMPT_HEADER, numberOf(attempt)]
  const all: string[] = []
  if (added === undefined && own.deadlineMs === undefined && isPlain(headers)) {
    // A list, since undici reads one faster than we could copy an object. It takes several values of one name as they are.
    for (const name in headers) all.push(name, headers[name] as string)
    if (own.host === undefined) all.push('host', host)
    if (!own.numbered) all.push(ATTEMPT_HEADER, numberOf(attempt))
    if (left !== Infinity) all.push(DEADLINE_HEADER, millisecondsOf(left))
    return all
  }
  const ours: Record<string, string> = { ...added }
  if (own.host === undefined) ours['host'] = host
  if (!own.numbered) ours[ATTEMPT_HEADER] = numberOf(attempt)
  if (left !== Infinity) ours[DEADLINE_HEADER] = millisecondsOf(left)
  each(headers ?? {}, (name, value) => {
    if (Object.hasOwn(ours, name.toLowerCase())) return
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== null) all.push(name, String(one))
  })
  for (const name in ours) all.push(name, ours[name]!)
  return all
}

/** Value of one header, by its name in any letter case; the first, where there are several. */
export function headerOf (headers: GivenHeaders, name: string): string | undefined {
  const wanted = name.toLowerCase()
  let found: string | undefined
  if (headers !== undefined && headers !== null) each(headers, (given, value) => { if (found === undefined && given.length === wanted.length && given.toLowerCase() === wanted) found = text(value) })
  return found
}

/** Name, value, name, value, …: several values of one name as several pairs. */
export function headerList (headers: GivenHeaders): string[] {
  const all: string[] = []
  if (headers !== undefined && headers !== null) each(headers, (name, value) => { for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined && one !== null) all.push(name, String(one)) })
  return all
}

const isPlain = (headers: GivenHeaders): headers is Record<string, string | string[]> | null | undefined =>
  headers === undefined || headers === null || (!Array.isArray(headers) && !(Symbol.iterator in headers))

/** Walks all four: an object, a flat list, a list of pairs, anything iterable over pairs. */
function each (headers: NonNullable<GivenHeaders>, look: (name: string, value: unknown) => void): void {
  if (Array.isArray(headers)) {
    if (Array.isArray(headers[0])) for (const [name, value] of headers as unknown as Array<readonly [string, unknown]>) look(name, value)
    // A name at the end without a value is undici's to complain about.
    else for (let i = 0; i + 1 < headers.length; i += 2) look(String(headers[i]), headers[i + 1])
  } else if (Symbol.iterator in headers) {
    for (const [name, value] of headers as Iterable<readonly [string, unknown]>) look(name, value)
  } else {
    const plain = headers as Record<string, unknown>
    for (const name in plain) look(name, plain[name])
  }
}

const millisecondsOf = (left: number): string => String(Math.max(0, Math.floor(left)))

/** Without making a text for the number that nearly all have. */
const numberOf = (attempt: number): string => attempt === 1 ? '1' : String(attempt)

const text = (value: unknown): string | undefined => value === undefined || value === null ? undefined : Array.isArray(value) ? String(value[0]) : String(value)

/** Anything that is no number of milliseconds is as if not given: a header from outside must not break a call. */
const milliseconds = (value: string | undefined): number | undefined => value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined

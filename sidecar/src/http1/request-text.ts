// The head of a request as an endpoint gets it: the client's lines as they came, without those of one hop, and ours after them. Pure.

import { ATTEMPT_HEADER, DEADLINE_HEADER } from '@roster/client/calls'
import type { FieldLines } from '../wire/field-lines.js'
import { dropping, keptLines } from '../wire/forwarded-lines.js'
import type { Dropped } from '../wire/forwarded-lines.js'
import { field } from '../wire/known-fields.js'
import type { RequestHead } from '../wire/request-head.js'
import type { Connection } from './connection.js'
import type { ForwardedOptions } from './http1-proxy.js'
import type { HeaderChange } from './route.js'

const forwardedFields = [field['x-forwarded-for'], field['x-forwarded-proto'], field['x-forwarded-host'], field['x-forwarded-port'], field.forwarded]
const passed = dropping(field['x-roster-deadline'])
const replaced = dropping(field['x-roster-deadline'], ...forwardedFields)
/** A trusted peer's are continued: `for` becomes one line, the rest stays. */
const continued = dropping(field['x-roster-deadline'], field['x-forwarded-for'])

/** What is the same for all attempts of a request. */
export interface RequestParts {
  readonly head: RequestHead
  readonly connection: Connection
  readonly forwarded: ForwardedOptions
  /** Line with the proxy's name. */
  readonly via: string
  readonly target: string
  /** `Host` instead of the client's. */
  readonly host: string | undefined
}

/** @param changes of routing and observers, in their order @param attempt from 1; 0: somebody before us counts @param leftMs until the deadline, or Infinity */
export function requestText (parts: RequestParts, changes: readonly HeaderChange[], attempt: number, leftMs: number): string {
  const { head, connection, forwarded, via, target, host } = parts
  let ours = via
  let dropped: Dropped = passed
  if (forwarded.mode === 'append') {
    const trusted = forwarded.trust?.(connection.remoteAddress) === true
    dropped = trusted ? continued : replaced
    ours += forwardedLines(head, connection, trusted)
  }
  if (attempt > 0) ours += attempt === 1 ? FIRST : `${ATTEMPT_HEADER}: ${attempt}\r\n`
  if (leftMs !== Infinity) ours += `${DEADLINE_HEADER}: ${Math.max(0, Math.floor(leftMs))}\r\n`
  if (head.upgrade !== undefined) ours += `Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n`
  else if (head.takesTrailers) ours += 'TE: trailers\r\nConnection: TE\r\n'
  let gone: Set<string> | undefined
  let first = ''
  if (host !== undefined) {
    gone = new Set(['host'])
    first = `Host: ${host}\r\n`
  }
  // A number that is none would keep ours away.
  if (attempt > 0 && head.lines.valueOf(field['x-roster-attempt']) !== undefined) (gone ??= new Set()).add(ATTEMPT_HEADER)
  if (changes.length > 0) {
    gone ??= new Set()
    for (const change of changes) if (change.how !== 'add') gone.add(change.name.toLowerCase())
    ours += changedLines(changes)
  }
  return `${head.method} ${target} HTTP/1.1\r\n${first}${keptLines(head.lines, dropped, head.connection.named, gone)}${ours}\r\n`
}

const FIRST = `${ATTEMPT_HEADER}: 1\r\n`

/** Lines of changes; of several that set one name the last one counts. */
export function changedLines (changes: readonly HeaderChange[]): string {
  let text = ''
  changes.forEach(({ name, value, how }, i) => {
    const over = how !== 'add' && changes.slice(i + 1).some(later => later.how !== 'add' && later.name.toLowerCase() === name.toLowerCase())
    if (value !== null && !over) text += `${name}: ${value}\r\n`
  })
  return text
}

function forwardedLines ({ lines, host }: RequestHead, { remoteAddress, encrypted }: Connection, trusted: boolean): string {
  const before = trusted ? valuesOf(lines, field['x-forwarded-for']) : ''
  let text = `X-Forwarded-For: ${before === '' ? '' : `${before}, `}${remoteAddress}\r\n`
  if (!trusted || lines.valueOf(field['x-forwarded-proto']) === undefined) text += encrypted ? 'X-Forwarded-Proto: https\r\n' : 'X-Forwarded-Proto: http\r\n'
  if (host !== '' && (!trusted || lines.valueOf(field['x-forwarded-host']) === undefined)) text += `X-Forwarded-Host: ${host}\r\n`
  return text
}

const valuesOf = (lines: FieldLines, known: number): string => {
  const values: string[] = []
  for (let i = 0; i < lines.count; i++) if (lines.known(i) === known) values.push(lines.value(i))
  return values.join(', ')
}

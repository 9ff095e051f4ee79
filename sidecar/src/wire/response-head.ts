// The head of an answer, read strictly: what two readers could end at different places is not handed on. Its sibling for requests is request-head.ts.

import { bothOptions, connectionOptions, NO_OPTIONS } from './connection-options.js'
import type { ConnectionOptions } from './connection-options.js'
import { faults } from './fault.js'
import type { Fault } from './fault.js'
import { FieldLines, scanFields, STRIDE } from './field-lines.js'
import { framingOf } from './framing.js'
import type { Framing } from './framing.js'
import { field } from './known-fields.js'
import { CR, FIELD, LF, SP } from './octets.js'

export class ResponseHead {
  framing: Framing = 'none'
  length = 0
  connection: ConnectionOptions = NO_OPTIONS
  upgrade: string | undefined
  /** Another answer may follow on the same connection. */
  reusable = true
  /** Milliseconds after which the server says it closes idle connections; 0 when it does not say. */
  keepAliveMs = 0
  hasDate = false

  constructor (
    readonly status: number,
    /** Reason phrase as it came. */
    readonly reason: string,
    readonly minor: 0 | 1,
    readonly lines: FieldLines
  ) {}

  get (name: string): string | undefined { return this.lines.get(name) }
}

/** What the request was decides how its answer is read. */
export interface Asked {
  readonly method: string
  readonly upgrade: string | undefined
}

const VERSION = Buffer.from('HTTP/1.')

/** Parameters as of `parseRequestHead`. */
export function parseResponseHead (bytes: Buffer, start: number, end: number, maxFields: number, asked: Asked): ResponseHead | Fault {
  for (let j = 0; j < VERSION.length; j++) if (bytes[start + j] !== VERSION[j]) return faults.statusLine
  const minor = bytes[start + 7]! - 48
  if (minor !== 0 && minor !== 1) return faults.statusLine
  if (bytes[start + 8] !== SP) return faults.statusLine
  const [a, b, c] = [bytes[start + 9]! - 48, bytes[start + 10]! - 48, bytes[start + 11]! - 48]
  // 600 and up are nobody's.
  if (!(a >= 1 && a <= 5 && b >= 0 && b <= 9 && c >= 0 && c <= 9)) return faults.statusLine
  let i = start + 12
  // The space is due without a phrase too; servers forget it, and nobody can take it for something else.
  if (bytes[i] === SP) {
    i++
    while (FIELD[bytes[i]!] === 1) i++
  }
  if (bytes[i] !== CR || bytes[i + 1] !== LF) return bytes[i] === LF || bytes[i] === CR ? faults.lineEnd : faults.statusLine
  const text = bytes.toString('latin1', start, end)
  const at: number[] = []
  const fault = scanFields(bytes, i + 2, end, start, maxFields, at)
  if (fault !== undefined) return fault
  const head = new ResponseHead(a * 100 + b * 10 + c, text.slice(13, i - start), minor, new FieldLines(text, at, end - start))
  return readFields(head) ?? readFraming(head, asked) ?? head
}

function readFields (head: ResponseHead): Fault | undefined {
  const { at, text } = head.lines
  for (let i = 0; i < at.length; i += STRIDE) {
    const known = at[i + 4]!
    if (known === 0) continue
    if (known === field.date) head.hasDate = true
    else if (known === field.connection) {
      const options = connectionOptions(text.slice(at[i + 2]!, at[i + 3]!))
      if (options === undefined) return faults.connection
      head.connection = bothOptions(head.connection, options)
    } else if (known === field.upgrade) {
      const value = text.slice(at[i + 2]!, at[i + 3]!)
      head.upgrade = head.upgrade === undefined ? value : `${head.upgrade}, ${value}`
    } else if (known === field['keep-alive']) {
      const seconds = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(text.slice(at[i + 2]!, at[i + 3]!))?.[1]
      if (seconds !== undefined) head.keepAliveMs = Number(seconds) * 1000
    }
  }
  // HTTP/1.0 keeps no connection that we would use again.
  head.reusable = head.minor === 1 && !head.connection.close
  return undefined
}

function readFraming (head: ResponseHead, { method, upgrade }: Asked): Fault | undefined {
  const { status } = head
  if (status === 101) {
    const switched = upgrade !== undefined && head.connection.upgrade && head.upgrade?.toLowerCase() === upgrade.toLowerCase()
    return switched ? undefined : faults.switching
  }
  const framed = framingOf(head.lines, head.minor)
  // Without a body, whatever the fields say; one that says otherwise may think otherwise, so nothing else is read from it.
  if (status < 200 || status === 204) {
    if ('reason' in framed || framed.framing === 'chunked' || framed.length > 0) head.reusable = false
    return undefined
  }
  if ('reason' in framed) return framed
  if (method === 'HEAD' || status === 304) return undefined
  if (status === 205) {
    // It has no content; clients know that, servers do not always.
    if (framed.framing !== 'length' || framed.length > 0) head.reusable = false
    return undefined
  }
  if (framed.framing === 'unsaid') {
    head.framing = 'close'
    head.reusable = false
    return undefined
  }
  head.framing = framed.framing
  head.length = framed.length
  return undefined
}

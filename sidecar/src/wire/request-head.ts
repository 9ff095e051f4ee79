// The head of a request, read strictly: a request that two readers could take for two different things is refused here, with the clause that it breaks. Decides nothing about where it
// goes. Its sibling for answers is response-head.ts.

import { isAuthority, sameAuthority } from './authority.js'
import { bothOptions, connectionOptions, NO_OPTIONS } from './connection-options.js'
import type { ConnectionOptions } from './connection-options.js'
import { faults } from './fault.js'
import type { Fault } from './fault.js'
import { FieldLines, scanFields, STRIDE } from './field-lines.js'
import { framingOf } from './framing.js'
import { field } from './known-fields.js'
import { CR, LF, SP, TARGET, TOKEN } from './octets.js'

export type TargetForm = 'origin' | 'absolute' | 'authority' | 'asterisk'

export interface RequestLimits {
  readonly fields: number
  readonly targetBytes: number
}

export class RequestHead {
  /** Authority that the request is for: that of the target if it has one, else that of `Host`. Empty for HTTP/1.0 without it. */
  host = ''
  /** Target in origin form: path and query; `*` and the authority of CONNECT as they are. */
  path: string
  framing: 'none' | 'length' | 'chunked' = 'none'
  /** Bytes of the body, when the framing is `length`. */
  length = 0
  connection: ConnectionOptions = NO_OPTIONS
  /** Protocol that the connection shall be switched to, as it came. */
  upgrade: string | undefined
  expectsContinue = false
  /** `TE: trailers`. */
  takesTrailers = false

  constructor (
    readonly method: string,
    /** As it came. */
    readonly target: string,
    readonly form: TargetForm,
    readonly minor: 0 | 1,
    readonly lines: FieldLines
  ) { this.path = target }

  get fields (): number { return this.lines.count }
  /** First value of a field. @param name in lower case */
  get (name: string): string | undefined { return this.lines.get(name) }
  /** All fields as they came. */
  rawHeaders (): Array<readonly [name: string, value: string]> { return this.lines.raw() }
}

/** In place of a head that could not be read. */
export const NO_HEAD = new RequestHead('', '', 'origin', 1, new FieldLines('', [], 0))

/** Longest method. Those that exist have 17 letters at most. */
const MAX_METHOD = 32
const VERSION = Buffer.from('HTTP/1.')

/**
 * @param start of the request line
 * @param end of the head: after the CR LF of its last line, which another CR LF follows
 */
export function parseRequestHead (bytes: Buffer, start: number, end: number, limits: RequestLimits): RequestHead | Fault {
  let i = start
  while (TOKEN[bytes[i]!] === 1) i++
  const methodEnd = i
  if (i === start || i - start > MAX_METHOD) return faults.method
  if (bytes[i] !== SP) return bytes[i] === CR || bytes[i] === LF ? faults.requestLine : faults.method
  const targetStart = ++i
  while (TARGET[bytes[i]!] === 1) i++
  const targetEnd = i
  if (targetEnd - targetStart > limits.targetBytes) return faults.targetLong
  if (bytes[i] !== SP || targetEnd === targetStart) return bytes[i] === CR || bytes[i] === LF || targetEnd === targetStart ? faults.requestLine : faults.target
  const version = versionAt(bytes, i + 1)
  if (typeof version !== 'number') return version
  i += 9
  if (bytes[i] !== CR || bytes[i + 1] !== LF) return bytes[i] === LF || bytes[i] === CR ? faults.lineEnd : faults.requestLine
  const text = bytes.toString('latin1', start, end)
  const at: number[] = []
  const fault = scanFields(bytes, i + 2, end, start, limits.fields, at)
  if (fault !== undefined) return fault
  const method = methodOf(text, methodEnd - start)
  const target = text.slice(targetStart - start, targetEnd - start)
  const form = formOf(method, target)
  if (form === undefined) return faults.targetForm
  const head = new RequestHead(method, target, form, version, new FieldLines(text, at, end - start))
  return readFields(head) ?? readTarget(head) ?? readFraming(head) ?? head
}

/** Nearly all requests have one of few methods, which need not be cut out of the text. */
const methodOf = (text: string, end: number): string => {
  if (end === 3 && text.startsWith('GET')) return 'GET'
  if (end === 4 && text.startsWith('POST')) return 'POST'
  return text.slice(0, end)
}

function versionAt (bytes: Uint8Array, from: number): 0 | 1 | Fault {
  for (let j = 0; j < VERSION.length; j++) {
    if (bytes[from + j] !== VERSION[j]) return j === 5 && bytes[from + 5]! >= 48 && bytes[from + 5]! <= 57 ? faults.version : faults.requestLine
  }
  const minor = bytes[from + 7]! - 48
  return minor === 1 || minor === 0 ? minor : minor > 1 && minor <= 9 ? faults.version : faults.requestLine
}

/** RFC 9112, 3.2.1 to 3.2.4. A target that begins with `/` is a path, however many follow. */
function formOf (method: string, target: string): TargetForm | undefined {
  if (method === 'CONNECT') return isAuthority(target) && /:\d+$/.test(target) ? 'authority' : undefined
  if (target.charCodeAt(0) === 47) return 'origin'
  if (target === '*') return method === 'OPTIONS' ? 'asterisk' : undefined
  return /^https?:\/\//i.test(target) ? 'absolute' : undefined
}

function readFields (head: RequestHead): Fault | undefined {
  const { lines } = head
  const { at, text } = lines
  let host: string | undefined
  let upgrade: string | undefined
  for (let i = 0; i < at.length; i += STRIDE) {
    const known = at[i + 4]!
    if (known === 0) continue
    const value = text.slice(at[i + 2]!, at[i + 3]!)
    if (known === field.host) {
      if (host !== undefined) return faults.hostTwice
      host = value
    } else if (known === field.connection) {
      const options = connectionOptions(value)
      if (options === undefined) return faults.connection
      head.connection = bothOptions(head.connection, options)
    } else if (known === field.upgrade) upgrade = upgrade === undefined ? value : `${upgrade}, ${value}`
    else if (known === field.te) head.takesTrailers ||= /(^|,)[ \t]*trailers[ \t]*(,|$)/i.test(value)
    else if (known === field.expect && head.minor === 1) {
      if (value.toLowerCase() !== '100-continue') return faults.expectation
      head.expectsContinue = true
    }
  }
  if (host === undefined) { if (head.minor === 1) return faults.hostMissing } else {
    if (!isAuthority(host)) return faults.host
    head.host = host
  }
  head.upgrade = upgradeOf(upgrade, head)
  return undefined
}

/**
 * What is not asked for in the way it has to be is no upgrade, and is not passed on; neither is a change to another HTTP, whose framing nobody between could follow.
 * RFC 9110, 7.8: a server may ignore it; RFC 9113, 3.1: h2c is gone.
 */
function upgradeOf (value: string | undefined, head: RequestHead): string | undefined {
  if (value === undefined || head.minor === 0 || !head.connection.upgrade) return undefined
  const protocol = value.replace(/^[ \t]+|[ \t]+$/g, '')
  return /^[\w.!#$%&'*+^`|~-]+(\/[\w.!#$%&'*+^`|~-]+)?$/.test(protocol) && !/^(h2c?|http|tls|ssl)(\/|$)/i.test(protocol) ? protocol : undefined
}

function readTarget (head: RequestHead): Fault | undefined {
  const { form, target } = head
  if (form === 'authority') {
    if (head.host !== '' && !sameAuthority(head.host, target)) return faults.hostDiffers
    head.host = target
    return undefined
  }
  if (form === 'absolute') {
    const from = target.indexOf('//') + 2
    const length = target.slice(from).search(/[/?]/)
    const authority = length < 0 ? target.slice(from) : target.slice(from, from + length)
    if (!isAuthority(authority)) return faults.target
    if (head.host !== '' && !sameAuthority(head.host, authority)) return faults.hostDiffers
    head.host = authority
    const rest = length < 0 ? '' : target.slice(from + length)
    // RFC 9112, 3.2.4: without path and query it asks about the server, not about a thing of it.
    head.path = rest.startsWith('/') ? rest : rest === '' && head.method === 'OPTIONS' ? '*' : `/${rest}`
  }
  const { path } = head
  // Some read it as a slash; browsers send it in queries only.
  const backslash = path.indexOf('\\')
  return backslash >= 0 && !(path.indexOf('?') >= 0 && path.indexOf('?') < backslash) ? faults.target : undefined
}

function readFraming (head: RequestHead): Fault | undefined {
  const framed = framingOf(head.lines, head.minor)
  if ('reason' in framed) return framed
  if (framed.framing !== 'unsaid') {
    head.framing = framed.framing
    head.length = framed.length
  }
  const { method } = head
  const hasBody = framed.framing === 'chunked' || framed.length > 0
  // TRACE must have none; what CONNECT has none of begins with the tunnel.
  if (method === 'TRACE' && framed.framing !== 'unsaid') return faults.body
  if (method === 'CONNECT' && framed.framing !== 'unsaid') return faults.body
  // The first bytes after the head would be body to one reader, and the new protocol to another.
  if (head.upgrade !== undefined && (hasBody || head.expectsContinue)) return faults.upgrade
  if (head.expectsContinue && !hasBody) head.expectsContinue = false
  return undefined
}

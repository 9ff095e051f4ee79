// The value of `Connection`: what the sender wants of this connection, and the fields that are for this hop alone. RFC 9110, 7.6.1.

import { TOKEN } from './octets.js'

export interface ConnectionOptions {
  readonly close: boolean
  readonly keepAlive: boolean
  readonly upgrade: boolean
  /** Names of fields, in lower case. */
  readonly named: readonly string[]
}

export const NO_OPTIONS: ConnectionOptions = { close: false, keepAlive: false, upgrade: false, named: [] }
const CLOSE: ConnectionOptions = { ...NO_OPTIONS, close: true }
const KEEP_ALIVE: ConnectionOptions = { ...NO_OPTIONS, keepAlive: true }

/** Fields that say where a message ends or whom it is for: to take them away in passing would make it another message. */
const untouchable = new Set(['host', 'content-length', 'transfer-encoding'])
/** Fields that are between proxies: one that names them wants them gone behind our back. */
const ours = /^(x-forwarded-.*|forwarded|via|x-roster-.*|x-request-id|traceparent|tracestate|b3|x-b3-.*)$/

/** @returns `undefined` for what is no list of tokens, or names what must not be named */
export function connectionOptions (value: string): ConnectionOptions | undefined {
  // Nearly all there are.
  if (value === 'keep-alive' || value === 'Keep-Alive') return KEEP_ALIVE
  if (value === 'close') return CLOSE
  const tokens = value.toLowerCase().split(',').map(part => part.replace(/^[ \t]+|[ \t]+$/g, '')).filter(part => part !== '')
  if (tokens.some(token => untouchable.has(token) || !isToken(token))) return undefined
  return {
    close: tokens.includes('close'),
    keepAlive: tokens.includes('keep-alive'),
    upgrade: tokens.includes('upgrade'),
    named: tokens.filter(token => token !== 'close' && token !== 'keep-alive' && token !== 'upgrade' && !ours.test(token)),
  }
}

/** Two lines are one list. */
export const bothOptions = (a: ConnectionOptions, b: ConnectionOptions): ConnectionOptions =>
  a === NO_OPTIONS ? b : { close: a.close || b.close, keepAlive: a.keepAlive || b.keepAlive, upgrade: a.upgrade || b.upgrade, named: [...a.named, ...b.named] }

export function isToken (text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 255 || TOKEN[text.charCodeAt(i)] !== 1) return false
  return text.length > 0
}

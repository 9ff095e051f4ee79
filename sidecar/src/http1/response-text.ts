// The head of an answer as a client gets it, and how its body is framed there. Pure.

import { dropping, keptLines } from '../wire/forwarded-lines.js'
import { field } from '../wire/known-fields.js'
import type { ResponseHead } from '../wire/response-head.js'
import { dateLine } from './own-answer.js'
import { changedLines } from './request-text.js'
import type { HeaderChange } from './route.js'

/** How the body's bytes are handed on: as they come, without their chunks (for HTTP/1.0), in chunks (what ended with its connection), or not at all. */
export type Passing = 'as-is' | 'unchunked' | 'chunked' | 'none'

export interface ResponseText { readonly text: string, readonly passing: Passing }

const framed = dropping()
const trailerless = dropping(field.trailer)
const unframed = dropping(field['content-length'], field['transfer-encoding'], field.trailer)
const bodiless = dropping(field['transfer-encoding'], field.trailer)

/**
 * @param minor what the client speaks
 * @param trailers whether it takes them
 * @param close whether this is the last answer on its connection
 */
export function responseText (head: ResponseHead, method: string, minor: 0 | 1, trailers: boolean, close: boolean, changes: readonly HeaderChange[] | undefined): ResponseText {
  const { status, framing } = head
  let dropped = framed
  let passing: Passing = 'as-is'
  let ours = ''
  if (framing === 'none') {
    passing = 'none'
    if (status === 204 || status === 205) dropped = unframed
    else if (method === 'HEAD' || status === 304) dropped = bodiless
    if (status === 205) ours = 'Content-Length: 0\r\n'
  } else if (framing === 'chunked') {
    if (minor === 0) { passing = 'unchunked'; dropped = unframed } else if (!trailers) dropped = trailerless
  } else if (framing === 'close') {
    if (minor === 1) { passing = 'chunked'; ours = 'Transfer-Encoding: chunked\r\n' }
    dropped = unframed
  }
  let gone: Set<string> | undefined
  if (changes !== undefined && changes.length > 0) {
    gone = new Set()
    for (const change of changes) if (change.how !== 'add') gone.add(change.name.toLowerCase())
    ours += changedLines(changes)
  }
  if (!head.hasDate) ours += dateLine()
  if (close) ours += 'Connection: close\r\n'
  return { text: `HTTP/1.1 ${status} ${head.reason}\r\n${keptLines(head.lines, dropped, head.connection.named, gone)}${ours}\r\n`, passing }
}

/** A 1xx, which has no body and says nothing of the connection. */
export const informationText = (head: ResponseHead): string => `HTTP/1.1 ${head.status} ${head.reason}\r\n${keptLines(head.lines, unframed, head.connection.named, undefined)}\r\n`

/** The answer that switches the protocol. */
export const switchingText = (head: ResponseHead, changes: readonly HeaderChange[] | undefined): string =>
  `HTTP/1.1 101 ${head.reason}\r\n${keptLines(head.lines, unframed, head.connection.named, undefined)}${changes === undefined ? '' : changedLines(changes)}Connection: Upgrade\r\nUpgrade: ${head.upgrade!}\r\n\r\n`

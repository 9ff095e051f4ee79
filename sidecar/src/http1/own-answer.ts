// Answers of the proxy itself: one line of text, and the reason as a header, so that nobody takes them for the service's own.

import { STATUS_CODES } from 'node:http'
import type { Refusal } from './route.js'

/** @param head whether the request was HEAD: the same without the body @returns the whole answer; the text is Latin-1 already */
export function ownAnswer ({ status, reason, message, headers = [] }: Refusal, head: boolean, close: boolean): string {
  const body = `${Buffer.from(message.replace(/[\r\n]+/g, ' '), 'utf8').toString('latin1')}\n`
  const more = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\nX-Roster-Reason: ${reason}\r\n` +
    `${more}${dateLine()}${close ? 'Connection: close\r\n' : ''}\r\n${head ? '' : body}`
}

let second = 0
let line = ''

/** `Date` of now, made once a second. RFC 9110, 6.6.1. */
export function dateLine (now: number = Date.now()): string {
  const current = Math.floor(now / 1000)
  if (current !== second) {
    second = current
    line = `Date: ${new Date(current * 1000).toUTCString()}\r\n`
  }
  return line
}

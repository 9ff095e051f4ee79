// Answers without an end: the log as it is written, metrics as they change. They last until the caller goes or the server stops.

import { taken } from './route.js'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request } from './route.js'
import type { Roster } from '../roster.js'

/** Bytes that a slow reader may leave unread; what comes while it does is left out. */
const MAX_UNREAD = 256 * 1024

export interface Out {
  /** False when it was left out, because the reader is too slow. */
  write (text: string): boolean
}

/**
 * Begins the answer, and ends it when its time has come.
 * @param run starts what writes; the function that it gives ends that
 */
export function endless (request: Request, roster: Roster, contentType: string, run: (out: Out) => () => void): Promise<typeof taken> {
  return new Promise(resolve => {
    const wire = begin(request.raw.request, request.raw.response, ['Content-Type', contentType, 'X-Consul-Default-ACL-Policy', roster.config.acl.defaultPolicy])
    const stop = run({
      write (text) {
        if (wire.unread() > MAX_UNREAD) return false
        wire.write(text)
        return true
      },
    })
    const end = (): void => {
      stop()
      wire.end()
      resolve(taken)
    }
    if (request.signal.aborted) end()
    else request.signal.addEventListener('abort', end, { once: true })
  })
}

interface Wire {
  write (text: string): void
  /** Bytes written and not yet taken by the system. */
  unread (): number
  end (): void
}

/** A caller of HTTP/1.0 knows no chunks: it gets the bytes as they are, until the connection closes. */
function begin ({ httpVersion, socket }: IncomingMessage, response: ServerResponse, headers: readonly string[]): Wire {
  if (httpVersion !== '1.0') {
    response.writeHead(200, [...headers])
    response.flushHeaders()
    return { write: text => { response.write(text) }, unread: () => response.writableLength, end: () => { response.end() } }
  }
  const lines = headers.map((text, i) => i % 2 === 0 ? `${text}: ` : `${text}\r\n`).join('')
  socket.write(`HTTP/1.0 200 OK\r\n${lines}\r\n`)
  return { write: text => { socket.write(text) }, unread: () => socket.writableLength, end: () => { socket.end() } }
}

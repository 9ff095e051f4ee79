// A WebSocket to the watch endpoint, opened or refused with a typed error. Only bytes and their end; the frames are watch.ts. Over undici's WebSocket, since Node 20 has no stable one.

import type { Socket } from 'node:net'
import { ping, WebSocket } from 'undici'
import type { Dispatcher } from 'undici'
import type { Address } from './address.js'
import { dialFailure } from './dial-error.js'
import { AbortedError, ClosedError, isClosed, refused, TimeoutError, UnreachableError, WatchUnsupportedError } from './errors.js'
import type { RosterClientError } from './errors.js'
import { WATCH_PATH, WATCH_PROTOCOL } from './watch-protocol.js'

export interface WatchSocket {
  readonly address: Address
  readonly url: string
  /** So far, control frames included: the measure of life. */
  readonly bytesRead: number
  /** Given to `send` and not yet to the kernel. */
  readonly bufferedBytes: number
  onMessage: (text: string) => void
  onClose: (code: number, reason: string) => void
  send (text: string): void
  ping (): void
  /** Says farewell and waits for the other end's, at most a second. */
  close (): Promise<void>
  /** Ends the socket at once. */
  terminate (): void
}

export interface OpenOptions {
  readonly dispatcher: Dispatcher
  readonly headers: Readonly<Record<string, string>>
  readonly address: Address
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

/** How long the other end may take to answer a farewell, ms. */
const FAREWELL_MS = 1000
/** Longest refusal text that is kept, bytes. */
const REFUSAL_BYTES = 4096

/** What happened below the WebSocket, which itself only says that it failed. */
interface Seen { socket?: Socket, error?: Error, status?: number, body: string }

export async function openSocket ({ dispatcher, headers, address, timeoutMs, signal }: OpenOptions): Promise<WatchSocket> {
  const url = `${address.origin.replace(/^http/, 'ws')}${address.prefix}${WATCH_PATH}`
  const where = { method: 'GET', url, address: address.text }
  if (signal?.aborted === true) throw new AbortedError({ ...where, cause: signal.reason })
  const seen: Seen = { body: '' }
  const socket = new WebSocket(url, { protocols: [WATCH_PROTOCOL], headers: { ...headers }, dispatcher: dispatcher.compose(observe(seen)) })
  let why: RosterClientError | undefined
  const giveUp = (error: RosterClientError) => { why ??= error; socket.close() }
  const timer = setTimeout(() => giveUp(new TimeoutError(`Get "${url}": context deadline exceeded (the watch stream did not open within ${timeoutMs} ms)`, timeoutMs, where)), timeoutMs)
  const abort = () => giveUp(new AbortedError({ ...where, cause: signal?.reason }))
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true })
      socket.addEventListener('close', () => reject(why ?? explain(seen, address, url)), { once: true })
      // The close event always follows and has more to say, but an error event without a listener would be reported elsewhere.
      socket.addEventListener('error', () => {})
    })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
  return wrap(socket, seen, address, url)
}

function wrap (socket: WebSocket, seen: Seen, address: Address, url: string): WatchSocket {
  const terminate = () => { seen.socket?.destroy() }
  const gone = new Promise<void>(resolve => socket.addEventListener('close', () => resolve(), { once: true }))
  const watch: WatchSocket = {
    address,
    url,
    get bytesRead () { return seen.socket?.bytesRead ?? 0 },
    // undici counts a message as sent once the socket has taken it, so what the socket itself holds back is added.
    get bufferedBytes () { return Math.max(socket.bufferedAmount, seen.socket?.writableLength ?? 0) },
    onMessage: () => {},
    onClose: () => {},
    send: text => socket.send(text),
    ping: () => ping(socket),
    terminate,
    close: async () => {
      socket.close(1000)
      const timer = setTimeout(terminate, FAREWELL_MS)
      await gone
      clearTimeout(timer)
    },
  }
  socket.addEventListener('message', event => watch.onMessage(typeof event.data === 'string' ? event.data : ''))
  socket.addEventListener('close', event => watch.onClose(event.code, event.reason))
  return watch
}

/** Why it did not open: refused by the server, never reached it, or it is no such server. */
function explain (seen: Seen, address: Address, url: string): RosterClientError {
  const where = { method: 'GET', url, address: address.text }
  if (isClosed(seen.error)) return new ClosedError('client', where)
  if (seen.status === 401 || seen.status === 403 || seen.status === 429 || (seen.status !== undefined && seen.status >= 500)) return refused({ ...where, status: seen.status, body: seen.body.trimEnd() })
  if (seen.status !== undefined || seen.error === undefined) return new WatchUnsupportedError(seen.status, where)
  const { text, sent } = dialFailure(seen.error, address)
  return new UnreachableError(`Get "${url}": ${text}`, { ...where, sent, cause: seen.error })
}

/**
 * Keeps what a WebSocket hides: the socket, the connect error, and the status and text of a refusal. A refusal is read to its end here and then reported as an error, because
 * the WebSocket would end the request at the head and the text would be lost.
 */
const observe = (seen: Seen): Dispatcher.DispatchInterceptor => dispatch => (options, handler) => dispatch(options, {
  onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
  onRequestUpgrade: (controller, status, headers, socket) => {
    seen.status = status
    seen.socket = socket as Socket
    return handler.onRequestUpgrade?.(controller, status, headers, socket)
  },
  onResponseStart: (_controller, status) => { seen.status = status },
  onResponseData: (_controller, chunk) => { if (seen.body.length < REFUSAL_BYTES) seen.body += chunk.toString('utf8') },
  onResponseEnd: controller => handler.onResponseError?.(controller, new Error(`refused with ${seen.status}`)),
  onResponseError: (controller, error) => {
    seen.error ??= error
    handler.onResponseError?.(controller, error)
  },
})

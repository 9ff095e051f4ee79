// The HTTP/1.1 proxy: client connections in, requests forwarded over kept connections to the endpoints that are picked. Owns both kinds of sockets and ends them; listens nowhere itself.

import type { Socket } from 'node:net'
import type { Clock } from '@roster/client'
import type { Http1Limits } from './limits.js'
import type { Observer } from './observer.js'
import type { Route } from './route.js'

/** How the forwarded headers of a client are treated (`X-Forwarded-*`, `Forwarded`). */
export interface ForwardedOptions {
  /** `pass`: left as they are (outbound: the local process is trusted). `append`: those of a trusted peer are continued, all others replaced (inbound). */
  readonly mode: 'pass' | 'append'
  /** Whether a peer may say for whom it speaks. Default nobody. */
  readonly trust?: (remoteAddress: string) => boolean
}

export interface Http1ProxyOptions {
  readonly route: Route
  readonly clock?: Clock
  /** Uniform in [0, 1). */
  readonly random?: () => number
  readonly limits?: Partial<Http1Limits>
  readonly observer?: Observer
  readonly forwarded?: ForwardedOptions
  /** Name in `Via`, by which loops are found: unique to this listener's side of this process. */
  readonly via?: string
  /** A connection that begins with the preface of HTTP/2 is given away with the bytes read so far. Without it: 505. */
  readonly onHttp2Preface?: (socket: Socket, firstBytes: Buffer) => void
}

export interface Http1Proxy {
  /** Takes a client's connection (`allowHalfOpen: true`), TLS or not. @param firstBytes read from it already @param tag for `Connection.tag` */
  accept (socket: Socket, tag?: unknown, firstBytes?: Buffer): void
  /** Connections of clients, and requests under way (tunnels too). */
  readonly connections: number
  readonly active: number
  /** From now on every answer says `Connection: close`; idle connections are closed. */
  farewell (): void
  /** Farewell, then waits for what is under way, and cuts it after so many ms. @returns whether everything ended by itself */
  drain (graceMs: number): Promise<boolean>
  /** Cuts everything at once. Idempotent. */
  close (): void
}

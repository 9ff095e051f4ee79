// What a route is made of: a pattern, a method, a function from request to reply. The table of all of them is routes.ts; the matching router.ts.

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Query } from './decode/query.js'
import type { Validity } from './hot-reads.js'
import type { Roster } from '../roster.js'

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'

/** One request as routes see it. */
export interface Request {
  readonly method: string
  /** Path of the clean, decoded URL. */
  readonly path: string
  /** What follows the pattern's final slash, decoded; '' for patterns without one. */
  readonly rest: string
  readonly query: Query
  readonly headers: IncomingHttpHeaders
  /** Bytes of the body; read on first use, with the route's own bound. @throws RosterError 413 past `limit` bytes */
  body (limit?: number): Promise<Buffer>
  /** Reads something whose length only the caller knows: meanwhile the time for whole requests is not bounded, and the reader has to bound its silence. */
  unhurried<T> (read: () => Promise<T>): Promise<T>
  /** Address of the peer on the connection. */
  readonly remoteAddress: string
  /** Aborted when the caller goes away or the server stops. */
  readonly signal: AbortSignal
  /** Unique in this process; in logs and 500 answers. */
  readonly id: string
  /** For the few routes that stream. */
  readonly raw: { readonly request: IncomingMessage, readonly response: ServerResponse }
}

/** Names and values in turn, as `ServerResponse.writeHead` takes them. */
export type HeaderList = readonly string[]

export interface Reply {
  readonly status: number
  /** Without content-length, vary and what every `/v1` answer has. */
  readonly headers: HeaderList
  readonly body: Buffer | string
  /** The same URL gets the same answer while this holds. */
  readonly validWhile?: Validity
}

/** The route took the response over and has answered (or goes on answering) itself. */
export const taken = Symbol('taken')

export type Handler = (request: Request, roster: Roster) => Reply | typeof taken | Promise<Reply | typeof taken>

export interface Route {
  /** A final slash means: captures the rest of the path. */
  readonly path: string
  readonly methods: Partial<Record<Method, Handler>>
  /** The route answers its own OPTIONS and 405; see router.ts. */
  readonly ownMethods?: boolean
}

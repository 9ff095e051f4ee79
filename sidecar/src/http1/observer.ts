// Who is told what happens, for metrics, access log and tracing. All parts are optional; what is missing costs nothing.

import type { Instance } from '@roster/client'
import type { RequestHead } from '../wire/request-head.js'
import type { Upstream } from '../upstream/upstream.js'
import type { Connection } from './connection.js'
import type { HeaderChange } from './route.js'

/**
 * How an exchange ended. `ok`: the whole answer was handed on, whatever its status. `refused`: the proxy answered by itself, `reason` says why. `client-gone`: nobody waits for
 * the answer. `cut`: the answer began and did not come to its end, and the client's connection was destroyed. `tunnel`: an upgrade or CONNECT that has ended.
 */
export type ExchangeEnd = 'ok' | 'refused' | 'client-gone' | 'cut' | 'tunnel'

/** One request and what became of it. The same object from its beginning to its end; read it, keep nothing of it. */
export interface ExchangeRecord {
  readonly head: RequestHead
  readonly connection: Connection
  /** `undefined` when routing refused. */
  readonly upstream: Upstream | undefined
  /** Method and path pattern, few in number: for labels. */
  readonly route: string
  /** Of the answer that the client got; 0 when it got none. */
  readonly status: number
  readonly end: ExchangeEnd
  /** In a word, when the proxy had something to say: why refused, why cut. Empty otherwise. */
  readonly reason: string
  /** Of the last attempt. */
  readonly instance: Instance | undefined
  /** Why this instance: the picker's word. */
  readonly why: string
  /** Times the request was sent or tried to be. */
  readonly attempts: number
  /** Of a gRPC call that was understood as one. */
  readonly grpcStatus?: string | undefined
  /** Body bytes with their framing. */
  readonly bytesIn: number
  readonly bytesOut: number
  /** Monotonic, ms: its head was complete, the head of its answer was, its end. 0: did not happen. */
  readonly startedAt: number
  readonly answeredAt: number
  readonly endedAt: number
  /** The observer's own, such as a span. */
  tag: unknown
}

export interface Observer {
  connectionOpened? (connection: Connection): void
  connectionClosed? (connection: Connection): void
  /** Routing is done and the request will be sent. @returns headers for every attempt */
  began? (record: ExchangeRecord): readonly HeaderChange[] | undefined
  /** An instance was taken. @returns headers for this attempt, such as the `traceparent` of its span */
  attempt? (record: ExchangeRecord): readonly HeaderChange[] | undefined
  /** The attempt has an answer with this status, or failed with this word. */
  attempted? (record: ExchangeRecord, status: number, reason: string): void
  /** Exactly once for every request whose head could be read, and for every head that could not (`head` is then empty). */
  ended? (record: ExchangeRecord): void
}

// A request that somebody else answers, as Node streams: the way out of the fast path for other protocols and pages of the proxy's own. Framing, hop-by-hop fields and limits are kept here.

import type { Readable, Writable } from 'node:stream'
import type { Instance } from '@roster/client'
import type { RequestHead } from '../wire/request-head.js'
import type { Upstream } from '../upstream/upstream.js'
import type { Connection } from './connection.js'
import type { ExchangeRecord } from './observer.js'

/** What whoever answers knows of it, for observers. */
export interface Told {
  readonly upstream?: Upstream
  readonly instance?: Instance | undefined
  readonly why?: string
  readonly attempts?: number
  readonly reason?: string
  /** Of a gRPC call, from its trailers. */
  readonly grpcStatus?: string | undefined
}

export interface HandedExchange {
  /** For observers. */
  readonly record: ExchangeRecord
  /** What is known now; later facts replace earlier ones. */
  told (facts: Told): void

  readonly head: RequestHead
  readonly connection: Connection
  /** Fields that may be forwarded, in their order and letter case: hop-by-hop ones and framing are out, `Host` and forwarded headers are in. */
  readonly rawHeaders: ReadonlyArray<readonly [name: string, value: string]>
  /** The content without its framing. Ends with an error when the client went away before its end. */
  readonly body: Readable
  /** Trailer fields of the request; complete once `body` has ended. */
  readonly trailers: ReadonlyArray<readonly [name: string, value: string]>
  /** Aborted when the client has no use for an answer any more. */
  readonly signal: AbortSignal
  /** A 1xx other than 101; may come several times before `respond`. */
  inform (status: number, headers: ReadonlyArray<readonly [name: string, value: string]>): void
  /**
   * The head of the answer, once. Framing is the proxy's: a `content-length` among the headers is kept, everything else is chunked.
   * @returns for the content; `destroy` cuts the connection, so that the client cannot take it for the whole
   */
  respond (status: number, headers: ReadonlyArray<readonly [name: string, value: string]>): Writable & { trailers (fields: ReadonlyArray<readonly [name: string, value: string]>): void }
}

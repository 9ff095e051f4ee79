// What a request may be told before it is forwarded: where it goes, or why it does not. Decided by whoever owns listeners and names; this is only the shape of the answer.

import type { CompleteCallPolicy } from '@roster/client/calls'
import type { RequestHead } from '../wire/request-head.js'
import type { Upstream } from '../upstream/upstream.js'
import type { Connection } from './connection.js'
import type { HandedExchange } from './handed.js'

/** A header that is set in place of all of its name, or added beside them; `null` takes all of its name away. Names and values must be fit for the wire. */
export interface HeaderChange {
  readonly name: string
  readonly value: string | null
  /** Default `set`. */
  readonly how?: 'set' | 'add'
}

export interface Forward {
  readonly upstream: Upstream
  /** Over what the upstream's policy says of this method and path. */
  readonly policy?: CompleteCallPolicy
  /** Raw request target (origin form) instead of the client's own. */
  readonly target?: string
  /** `Host` instead of the client's own. */
  readonly host?: string
  readonly requestHeaders?: readonly HeaderChange[]
  readonly responseHeaders?: readonly HeaderChange[]
  /** Waits before anything is sent, then answers itself if it has a status. */
  readonly fault?: { readonly delayMs?: number, readonly abortStatus?: number }
}

/** The proxy answers by itself. */
export interface Refusal {
  readonly status: number
  /** In a word, such as `no-instances`: the value of `x-roster-reason`, and a label of metrics. */
  readonly reason: string
  /** For people, one line; the body. */
  readonly message: string
  /** Further fields of the answer, such as `Retry-After`. */
  readonly headers?: ReadonlyArray<readonly [name: string, value: string]>
  /** The connection cannot go on after this. Default false. */
  readonly close?: boolean
}

/** Somebody else answers, over streams: other protocols, the proxy's own pages. */
export interface Handled { readonly handle: (exchange: HandedExchange) => void }

export type Decision = Forward | Refusal | Handled

/**
 * Called once a request, on the hot path: a look into a map. A promise is for a name that was never heard of; a promise that is rejected is answered with 502.
 * @param connection where the request came from
 */
export type Route = (head: RequestHead, connection: Connection) => Decision | Promise<Decision>

export const isRefusal = (decision: Decision): decision is Refusal => 'status' in decision
export const isHandled = (decision: Decision): decision is Handled => 'handle' in decision

// Raw TCP: a client's connection is joined with one to an endpoint that is picked. What flows is not looked at.

import type { Socket } from 'node:net'
import type { Clock } from '@roster/client'
import type { Instance } from '@roster/client'
import type { Connection } from '../http1/connection.js'
import type { Upstream } from '../upstream/upstream.js'

export interface TcpRecord {
  readonly connection: Connection
  readonly upstream: Upstream
  readonly instance: Instance | undefined
  readonly why: string
  /** Endpoints that were tried. */
  readonly attempts: number
  /** Empty when both sides ended in peace; else a word. */
  readonly reason: string
  readonly bytesIn: number
  readonly bytesOut: number
  /** Monotonic, ms. */
  readonly startedAt: number
  readonly connectedAt: number
  readonly endedAt: number
  tag: unknown
}

export interface TcpObserver {
  connected? (record: TcpRecord): void
  ended? (record: TcpRecord): void
}

export interface TcpProxyOptions {
  readonly upstream: Upstream
  readonly clock?: Clock
  readonly observer?: TcpObserver
  readonly limits?: { readonly connections?: number, readonly connectMs?: number, readonly idleMs?: number }
}

export interface TcpProxy {
  /** Takes a client's connection (`allowHalfOpen: true`, paused or not). */
  accept (socket: Socket, tag?: unknown): void
  readonly connections: number
  /** Waits for connections to end by themselves, and cuts them after so many ms. */
  drain (graceMs: number): Promise<boolean>
  close (): void
}

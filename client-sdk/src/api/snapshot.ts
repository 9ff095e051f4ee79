// Snapshots: the whole state as one archive, out and in (`/v1/snapshot`). The archive is a gzipped tar; nothing here looks into it.

import type { Readable } from 'node:stream'
import { nothing } from './decode.js'
import type { Answer } from './meta.js'
import type { CallOptions, Consistency } from './options.js'
import type { Streamed, Transport } from './transport.js'

/** Longest pause within a snapshot before it is given up, ms. */
const IDLE_MS = 30_000

export const snapshotApi = (http: Transport) => ({
  /** The archive as it comes; `meta.index` is the state's. Read it to its end before trusting it. */
  save: (options: CallOptions & Consistency = {}): Promise<Streamed> => http.stream({ method: 'GET', path: '/v1/snapshot' }, options, IDLE_MS),
  /** Replaces the whole state; a damaged archive changes nothing. Has 10 minutes unless `timeoutMs` says otherwise. */
  restore: (archive: Uint8Array | Readable, options: CallOptions = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: '/v1/snapshot', body: archive, idempotent: true, decode: nothing }, { timeoutMs: 600_000, ...options }),
})

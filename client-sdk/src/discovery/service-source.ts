// Where a service's instances come from, as everything above sees it: registry-source.ts, dns-source.ts and the testing kit are such sources. A source knows no calls; who takes
// the next one is the balancer's work (../balance), how a call is made that of the faces.

import type { RosterClientError } from '../api/errors.js'
import type { Instance } from '../balance/instance.js'

/** What is known, and how well. */
export interface ServiceSnapshot {
  /** The whole list, sick instances included, each id once. */
  readonly instances: readonly Instance[]
  /** Index of the registry's answer, 0 where there is none. */
  readonly index: number
  /** Since the source was last known to say this, ms; grows while it cannot be reached. `Infinity` when nothing is known. */
  readonly ageMs: number
  readonly source: 'registry' | 'disk' | 'dns' | 'none'
  /** The source has given its whole answer at least once in this process; an empty list is then a fact. */
  readonly complete: boolean
}

export interface ReadyOptions {
  /** Until it rejects, ms. Default 5,000. */
  readonly timeout?: number
  readonly signal?: AbortSignal
}

/**
 * A live list. Duties of whoever implements it: `instances` is a new array after each change and the same one otherwise; listeners are called after `instances` has changed, in the
 * order in which they came, and one that throws does not keep the others from being told.
 */
export interface ServiceSource {
  readonly name: string
  readonly instances: readonly Instance[]
  /** The last failure since the source was last heard; absent: all is well. */
  readonly trouble?: RosterClientError | undefined
  snapshot (): ServiceSnapshot
  /**
   * Resolves when there is an answer, an empty one included, or one from disk.
   * @throws NotReadyError when there is neither in time; what the registry refuses (no permission, another datacenter); AbortedError; ClosedError
   */
  ready (options?: ReadyOptions): Promise<void>
  /** Called after each change, not with the present list. @returns a function that ends it */
  subscribe (listener: (instances: readonly Instance[]) => void): () => void
  /** Ends what belongs to it; `ready` that waits is rejected with ClosedError, the list stays as it was last. Idempotent. */
  close (): void
}

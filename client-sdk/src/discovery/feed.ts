// Between a source and the registry: what is told about one service, however it is learnt. registry-feed.ts is the feed of a client; the ways below it are the watch stream and
// blocking-feed.ts.

import type { DiscoveryChain } from '../api/discovery-chain.js'
import type { RosterClientError } from '../api/errors.js'
import type { Instance } from '../balance/instance.js'

/** Which instances are meant: those of a service, or a part of them. */
export interface InstanceQuestion {
  readonly service: string
  /** Expression over the instances, such as `Service.Meta.version == "v2"`; absent: all. */
  readonly filter?: string
  /** Only those whose every check is passing. */
  readonly onlyPassing?: boolean
  /** Absent: that of the registry. */
  readonly datacenter?: string
  /** Imported from this peer. */
  readonly peer?: string
}

/** Told in order. After `lost` nobody listens to the registry for this question until the next call of one of the others. */
export interface Sink<V> {
  /** The whole of it. @param continued it goes on from the last one without a gap @param index 0: the registry gave none */
  readonly rows: (value: V, index: number, continued: boolean) => void
  /** Nothing has changed up to `index`, says a live watch. */
  readonly still: (index: number) => void
  readonly lost: (error: RosterClientError) => void
}

export type FeedSink = Sink<readonly Instance[]>
/** `undefined`: there is no chain, which is one that says nothing. */
export type ChainSink = Sink<DiscoveryChain | undefined>

export interface Feed {
  /** Follows instances until the function it gives is called. */
  follow (question: InstanceQuestion, sink: FeedSink): () => void
  /** Follows what config entries say of a service. */
  followChain (service: string, sink: ChainSink): () => void
  /** Ends everything that it holds. Idempotent. */
  close (): Promise<void>
}

/** Two questions with the same key have the same answer. */
export const questionKey = ({ service, filter = '', onlyPassing = false, datacenter = '', peer = '' }: InstanceQuestion): string =>
  filter === '' && !onlyPassing && datacenter === '' && peer === '' ? service : JSON.stringify([service, filter, onlyPassing, datacenter, peer])

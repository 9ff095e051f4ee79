// Between a source and the registry: what is told about one service, however it is learnt. registry-feed.ts is the feed of a client; the ways below it are the watch stream and
// blocking-feed.ts.

import type { RosterClientError } from '../api/errors.js'
import type { Instance } from '../balance/instance.js'

/** Told in order. After `lost` nobody listens to the registry for this service until the next call of one of the others. */
export interface FeedSink {
  /** The whole list. @param continued it goes on from the last one without a gap @param index 0: the registry gave none */
  readonly rows: (instances: readonly Instance[], index: number, continued: boolean) => void
  /** Nothing has changed up to `index`, says a live watch. */
  readonly still: (index: number) => void
  readonly lost: (error: RosterClientError) => void
}

export interface Feed {
  /** Follows a service until the function it gives is called. */
  follow (service: string, sink: FeedSink): () => void
  /** Ends everything that it holds. Idempotent. */
  close (): Promise<void>
}

// User events as rows: only the newest is one, so that all who fold hear of each, in order, and nothing is kept of them on disk. Who remembers them is
// ../events/.

import { keys } from './keys.js'
import { topics } from './topic-names.js'
import type { Table } from './state.js'

export interface EventRecord {
  /** UUID. */
  readonly id: string
  readonly name: string
  /** Base64; '' for none. */
  readonly payload: string
  /** Regular expressions, '' for none: on the node's name, on ids of services, on their tags. */
  readonly nodeFilter: string
  readonly serviceFilter: string
  readonly tagFilter: string
  /** Which event of the cluster it is, from 1. */
  readonly lamportTime: number
}

export const events: Table = {
  owns: key => key === keys.lastEvent,
  fold: () => [topics.events],
  // A start is no event.
  topics: () => [],
}

// What can be subscribed to. A kind says what its parameters mean, what it depends on and which rows there are; views, diffs and sockets are not its affair.

import type { Params } from './protocol.js'
import type { Roster } from '../roster.js'

/** One row of a view. */
export interface StreamRow {
  /** Unique in the view; what `removes` names. */
  readonly key: string
  /** Equal versions, equal rows: only rows with a new one are encoded. */
  readonly version: string
  /** The row as JSON value; `Key` is added to it. */
  readonly json: () => Readonly<Record<string, unknown>>
}

/** Names rows that may have changed, for views that are too large to be looked at whole for each change. */
export interface Follower {
  /** Keys since the last call; `undefined`: it may be all of them. */
  take (): Iterable<string> | undefined
  /** The row as it is now; `undefined`: it is not there. */
  row (key: string): StreamRow | undefined
  close (): void
}

export interface Subject {
  /** What `/v1/watchers?name=` finds it by; '' for lists. */
  readonly name: string
  /** It changes without a commit, so equal indexes do not mean equal rows: whoever comes back begins anew. */
  readonly volatile?: boolean
  /** None: nobody tells of changes, and each new reader gets the rows of now. */
  readonly topics: () => readonly string[]
  readonly rows: () => Iterable<StreamRow>
  /** Begins to follow. Without it all rows are looked at whenever a topic is touched. */
  readonly follow?: () => Follower
}

export interface StreamKind {
  readonly kind: string
  /** The subject of a subscription, or why its parameters are refused. */
  readonly subject: (roster: Roster, params: Params) => Subject | string
}

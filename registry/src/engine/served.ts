// An engine as the server runs it: with what is counted of it.

import type { Engine } from './engine.js'
import type { OnFlush } from './local.js'

export interface ServedEngine extends Engine {
  /** Commits that wait. */
  readonly waiting: number
  /** Told of each write to the store. */
  onFlush: OnFlush | undefined
}

// When the whole of the agent is compared with the catalog: about once a minute, less often in a large cluster, never in step with others, and sooner
// again after a failure. What is compared is full-sync.ts.

import type { CancelTimer, Clock } from '../clock.js'

const INTERVAL_MS = 60_000
const RETRY_MS = 15_000
/** The first comes soon after the start: what the catalog kept over it may be out of date. */
const FIRST_MS = 3_000
/** Up to so many nodes the interval stays as it is; each doubling adds one. */
const SMALL_CLUSTER = 128

/** ms between two syncs, before they are spread. */
export const syncIntervalMs = (nodes: number): number =>
  INTERVAL_MS * (nodes <= SMALL_CLUSTER ? 1 : Math.ceil(Math.log2(nodes) - Math.log2(SMALL_CLUSTER)) + 1)

export interface SyncTimerOptions {
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly nodes: () => number
  /** A rejection means: try again soon. */
  readonly sync: () => Promise<void>
}

export class SyncTimer {
  readonly #options: SyncTimerOptions
  #cancel: CancelTimer | undefined
  #running: Promise<void> | undefined
  #stopped = false

  constructor (options: SyncTimerOptions) { this.#options = options }

  start (): void { this.#arm(FIRST_MS) }

  /** Idempotent; resolves when a sync under way has ended. */
  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancel?.()
    await this.#running
  }

  /** Spread over as much again, so that agents which began together do not stay together. */
  #arm (ms: number): void {
    if (this.#stopped) return
    this.#cancel = this.#options.clock.after(ms * (1 + this.#options.random()), () => { this.#running = this.#run() })
  }

  async #run (): Promise<void> {
    try {
      await this.#options.sync()
      this.#arm(syncIntervalMs(this.#options.nodes()))
    } catch {
      this.#arm(RETRY_MS)
    }
  }
}

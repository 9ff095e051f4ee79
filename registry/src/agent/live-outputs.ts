// Outputs that are newer than what the agent's rows say: a check that only changes its words is not written each time, and yet the agent shows the newest.

import type { Revision } from '../engine/engine.js'

interface Live {
  readonly output: string
  /** Rows of this revision or a newer one have it, or something newer. */
  readonly since: Revision
}

export class LiveOutputs {
  readonly #outputs = new Map<string, Live>()

  get (checkId: string): string | undefined { return this.#outputs.get(checkId)?.output }

  set (checkId: string, output: string, since: Revision): void { this.#outputs.set(checkId, { output, since }) }

  /** The check's row was written at `revision`. */
  written (checkId: string, revision: Revision): void {
    const live = this.#outputs.get(checkId)
    if (live !== undefined && revision >= live.since) this.#outputs.delete(checkId)
  }

  delete (checkId: string): void { this.#outputs.delete(checkId) }
}

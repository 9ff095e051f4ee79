// Engine revisions out of etcd's. They differ by a step that changes only when a history is continued that began elsewhere: at the prefix's first start
// (nothing of ours is older) and with a restore of rows that were saved at higher revisions. All servers read the steps from one key, so all count alike.
//
//   steps        from 1000: -1000    from 1500: +500        etcd 1003 is engine 3, etcd 1500 is engine 2000

import type { Revision } from '../engine.js'

interface Step {
  /** etcd's revision from which on it holds. */
  readonly from: number
  readonly add: number
}

/** As stored: the steps so far, and the engine revision that the write of this very record has at least. */
export interface StoredSteps { readonly steps: readonly Step[], readonly atLeast: Revision | 'first' }

export class Revisions {
  #steps: readonly Step[] = [{ from: 0, add: 0 }]

  /** Changes with each step. */
  get stamp (): number { return this.#steps.at(-1)!.from }

  /** Takes over the record that was written at `mod`. */
  load ({ steps, atLeast }: StoredSteps, mod: number): void {
    const before = steps.at(-1)?.add ?? 0
    const add = atLeast === 'first' ? -mod : Math.max(before, atLeast - mod)
    this.#steps = [...steps, { from: mod, add }]
  }

  /** Of etcd's revision of one of our writes. */
  of (mod: number): Revision {
    for (let i = this.#steps.length - 1; i >= 0; i--) if (mod >= this.#steps[i]!.from) return mod + this.#steps[i]!.add
    return 0
  }

  /** The record of a write that is to get at least `atLeast`. */
  raised (atLeast: Revision): StoredSteps { return { steps: this.#steps, atLeast } }
}

export const FIRST_STEPS: StoredSteps = { steps: [], atLeast: 'first' }

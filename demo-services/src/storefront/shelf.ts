// The shelf "goes well with it": asked for within a budget; when that does not work, the last good answer with its age, or nothing.

import type { Caller } from '../kit/dependencies.js'

export interface Shelf {
  readonly skus: readonly string[]
  /** Of the answer, ms; 0 when it is fresh. */
  readonly ageMs: number
  /** Why it is not fresh. */
  readonly degraded?: string
}

/** Baskets whose shelf is remembered. */
const REMEMBERED = 200

export function shelves (recommendations: Caller, now: () => number = Date.now): (skus: readonly string[]) => Promise<Shelf> {
  const last = new Map<string, { skus: readonly string[], at: number }>()
  return async (skus) => {
    const key = [...skus].sort().join(',')
    try {
      const { status, body } = await recommendations.call<{ skus: string[] }>('GET', `/suggestions?with=${encodeURIComponent(key)}`)
      if (status !== 200) throw new Error(`recommendations answered ${status}`)
      last.delete(key)
      last.set(key, { skus: body.skus, at: now() })
      if (last.size > REMEMBERED) last.delete(last.keys().next().value!)
      return { skus: body.skus, ageMs: 0 }
    } catch (error) {
      const known = last.get(key)
      return { skus: known?.skus ?? [], ageMs: known === undefined ? 0 : now() - known.at, degraded: (error as Error).message }
    }
  }
}

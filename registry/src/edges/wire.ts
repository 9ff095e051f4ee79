// Edges and the services at their ends in JSON's shape.

import { instanceOf, worst } from '../catalog/select.js'
import type { Edge } from './edge-store.js'
import type { State } from '../state/state.js'

const round = (value: number | null, digits: number): number | null => value === null ? null : Number(value.toPrecision(digits))

export interface EdgeJson {
  readonly From: string
  readonly To: string
  /** Requests a second. */
  readonly Rate: number
  /** 0 to 1. */
  readonly ErrorRatio: number
  readonly P50Ms: number | null
  readonly P99Ms: number | null
  readonly Callers: number
  readonly Ejected: ReadonlyArray<{ readonly Instance: string, readonly Callers: number }>
}

export const edgeJson = ({ from, to, rate, errorRatio, p50Ms, p99Ms, callers, ejected }: Edge): EdgeJson => ({
  From: from,
  To: to,
  Rate: round(rate, 4)!,
  ErrorRatio: round(errorRatio, 4)!,
  P50Ms: round(p50Ms, 3),
  P99Ms: round(p99Ms, 3),
  Callers: callers,
  Ejected: [...ejected].sort(([a], [b]) => a < b ? -1 : 1).map(([Instance, Callers]) => ({ Instance, Callers })),
})

/** A service with its instances counted by health; all 0 for a name that is called but not registered. */
export function endJson (state: State, name: string): Readonly<Record<string, string | number>> {
  const counts = { passing: 0, warning: 0, critical: 0 }
  const entries = state.services.named(name)
  for (const entry of entries) {
    const instance = instanceOf(state, entry)
    if (instance !== undefined) counts[worst(instance.checks)]++
  }
  return { Name: entries[0]?.value.name ?? name, Instances: entries.length, Passing: counts.passing, Warning: counts.warning, Critical: counts.critical }
}

// How the whole catalog is doing: nodes, services and checks counted by their health. The counting walks everything, so it is done once for all who ask
// within a while.

import type { Clock } from '../clock.js'
import type { Json } from '../catalog/wire.js'
import type { CheckEntry } from '../state/checks.js'
import type { State } from '../state/state.js'

/** ms for which a count is good enough. */
export const GOOD_FOR_MS = 2000

class Health {
  total = 0
  readonly counts = { passing: 0, warning: 0, critical: 0 }

  /** Words that are no state count for the total alone. */
  add (status: string): void {
    this.total++
    if (status === 'passing' || status === 'warning' || status === 'critical') this.counts[status]++
  }

  json (name?: string): Json {
    const { passing, warning, critical } = this.counts
    return { ...(name === undefined ? {} : { Name: name }), Total: this.total, Passing: passing, Warning: warning, Critical: critical }
  }
}

class Named {
  readonly #of = new Map<string, Health>()

  add (name: string, status: string): void {
    let health = this.#of.get(name)
    if (health === undefined) this.#of.set(name, health = new Health())
    health.add(status)
  }

  json (): Json[] | null { return this.#of.size === 0 ? null : [...this.#of].sort(([a], [b]) => a < b ? -1 : 1).map(([name, health]) => health.json(name)) }
}

/** The worst state of the checks; words that are no state are passed over. */
function worst (checks: readonly CheckEntry[]): string {
  const states = checks.map(({ value }) => value.status)
  return ['critical', 'warning'].find(status => states.includes(status)) ?? 'passing'
}

/** Counts now. A node counts by its own checks, an instance by its own. */
export function catalogOverview (state: State): Json {
  const nodes = new Health()
  const services = new Named()
  const checks = new Named()
  for (const { value: { name: node } } of state.nodes.list()) {
    nodes.add(worst(state.checks.nodeWide(node)))
    for (const { value: { id, name } } of state.services.eachOnNode(node)) services.add(name, worst(state.checks.ofInstance(node, id)))
    for (const { value: { name, status } } of state.checks.eachOnNode(node)) checks.add(name, status)
  }
  return { Nodes: nodes.total === 0 ? null : [nodes.json()], Services: services.json(), Checks: checks.json() }
}

/** The last count of each server in this process; gone with its state. */
const counted = new WeakMap<State, { readonly at: number, readonly overview: Json }>()

/** As `catalogOverview`, at most `GOOD_FOR_MS` old. */
export function recentOverview (state: State, clock: Clock): Json {
  const now = clock.monotonic()
  const last = counted.get(state)
  if (last !== undefined && now - last.at < GOOD_FOR_MS) return last.overview
  const overview = catalogOverview(state)
  counted.set(state, { at: now, overview })
  return overview
}

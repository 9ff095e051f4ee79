// Stay in the caller's zone as far as that is fair, and spill the rest where there is room. Wraps another choice, which decides within the zone.
// Source: Envoy's zone aware routing; here over weights instead of host counts, and with the load of the moment as a second reason to leave the zone.

import type { Candidate, Choice, Pick } from '../choice.js'
import { aliasTable } from './alias-table.js'
import { random } from './random.js'

export interface ZoneOptions {
  /** Where the caller runs. */
  readonly zone: string
  /** How many callers run where, as far as one knows; read at each change of the list. Default: as many in each zone. */
  readonly callers?: () => ReadonlyMap<string, number>
  /** Below so many instances zones are not looked at: splitting a handful costs more than it saves. Default 6, as in Envoy. */
  readonly minInstances?: number
  /** How many times more loaded the local instance may be than the one elsewhere before the call leaves the zone. Default 3. More stays longer, less spills sooner. */
  readonly overflow?: number
}

/**
 * Shares of one zone's calls by target zone.
 *
 * A zone with at least as much capacity as callers keeps its calls. One with less keeps what it can serve, and the rest goes to the zones with capacity to spare, in proportion
 * to what they have to spare. If every zone does this, each gets calls in exact proportion to its capacity.
 * @example zones a b with as many callers each, capacity 1 and 3: a keeps half of its calls and sends half to b; b keeps all
 * @param callers and capacity in any unit; zones without an entry have none
 */
export function zoneShares (zone: string, callers: ReadonlyMap<string, number>, capacity: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const calls = sum(callers)
  const room = sum(capacity)
  if (room === 0) return new Map()
  const wants = (z: string) => calls === 0 ? 0 : (callers.get(z) ?? 0) / calls
  const has = (z: string) => (capacity.get(z) ?? 0) / room
  const own = wants(zone) === 0 ? (has(zone) > 0 ? 1 : 0) : Math.min(1, has(zone) / wants(zone))
  if (own === 1) return new Map([[zone, 1]])
  const spare = new Map([...capacity.keys()].filter(z => z !== zone).map(z => [z, Math.max(0, has(z) - wants(z))]))
  // Nobody has anything to spare only if callers are where no instances are; then by capacity.
  const to = sum(spare) > 0 ? spare : new Map([...spare.keys()].map(z => [z, has(z)]))
  const shares = new Map([...to].filter(([, room]) => room > 0).map(([z, room]) => [z, (1 - own) * room / sum(to)]))
  if (own > 0) shares.set(zone, own)
  return shares
}

const sum = (map: ReadonlyMap<string, number>) => [...map.values()].reduce((total, value) => total + value, 0)

/** @param make the choice within a zone; made anew for each zone, since a choice may keep a turn */
export function zoneAware (make: () => Choice, { zone, callers, minInstances = 6, overflow = 3 }: ZoneOptions): Choice {
  const everywhere = make()
  const within = new Map<string, Choice>()
  return <C extends Candidate>(candidates: readonly C[]): Pick<C> => {
    const zones = new Map<string, C[]>()
    for (const candidate of candidates) {
      const list = zones.get(candidate.zone ?? '')
      if (list === undefined) zones.set(candidate.zone ?? '', [candidate])
      else list.push(candidate)
    }
    const anywhere = everywhere(candidates)
    if (candidates.length < minInstances || zones.size < 2) return anywhere
    for (const z of within.keys()) if (!zones.has(z)) within.delete(z)
    for (const z of zones.keys()) if (!within.has(z)) within.set(z, make())
    const picks = new Map([...zones].map(([z, list]) => [z, within.get(z)!(list)]))
    const capacity = new Map([...zones].map(([z, list]) => [z, list.reduce((total, { weight }) => total + weight, 0)]))
    const shares = [...zoneShares(zone, callers?.() ?? new Map([...zones.keys(), zone].map(z => [z, 1])), capacity)]
    const draw = aliasTable(shares.map(([, share]) => share))
    const elsewhere = random(candidates.filter(candidate => (candidate.zone ?? '') !== zone))
    return given => {
      const target = shares[draw(given.random())]![0]
      const taken = picks.get(target)!(given)
      // A zone all of whose instances are to be skipped has nothing to offer; the rest may.
      if (taken === undefined) return anywhere(given)
      if (target !== zone) return taken
      const other = elsewhere(given)
      return other !== undefined && given.load(taken) > overflow * given.load(other) ? other : taken
    }
  }
}

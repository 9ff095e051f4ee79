// Which rows of a large view a committed event may have changed, so that one change does not cost a look at ten thousand rows.

import { fold, partOf } from '../state/keys.js'
import type { Event } from '../engine/engine.js'
import type { CheckRecord } from '../state/checks.js'
import type { LeaseRecord } from '../state/leases.js'
import type { NodeRecord } from '../state/nodes.js'
import type { ServiceRecord } from '../state/services.js'
import type { State } from '../state/state.js'
import type { Follower, StreamRow } from '../stream/kind.js'

/** An instance that an event may have changed. */
export interface Touched { readonly node: string, readonly id: string }

/** Instances that an event concerns: their own rows, their checks, their node, their lease. */
export function touchedBy (state: State, event: Event): Touched[] {
  const found: Touched[] = []
  const onNode = (node: string): void => { for (const { value } of state.services.eachOnNode(node)) found.push({ node, id: value.id }) }
  for (const row of event.rows) {
    switch (partOf(row.key)) {
      case 'service': {
        const { node, id } = row.value as ServiceRecord | undefined ?? (row.gone as { service: ServiceRecord }).service
        found.push({ node, id })
        break
      }
      case 'check': {
        const { node, serviceId } = row.value as CheckRecord | undefined ?? (row.gone as { check: CheckRecord }).check
        if (serviceId === '') onNode(node)
        else found.push({ node, id: serviceId })
        break
      }
      case '': {
        onNode((row.value as NodeRecord | undefined)?.name ?? (row.gone as { node: string }).node)
        break
      }
      default: {
        if (!row.key.startsWith('lease/') || row.value === undefined) break
        const { node, serviceIds } = row.value as LeaseRecord
        for (const id of serviceIds) found.push({ node, id })
      }
    }
  }
  return found
}

/**
 * Collects what events touch until the view looks.
 * @param keysOf the rows that one of them stands in, before and after
 */
export function follow (state: State, keysOf: (touched: Touched) => Iterable<string>, row: (key: string) => StreamRow | undefined): Follower {
  let changed: Set<string> | undefined = new Set()
  const silence = state.afterEvent(event => {
    // A restore changes everything.
    if (event.restored === true) changed = undefined
    else if (changed !== undefined) for (const touched of touchedBy(state, event)) for (const key of keysOf(touched)) changed.add(key)
  })
  return {
    take () {
      const taken = changed
      changed = new Set()
      return taken
    },
    row,
    close: silence,
  }
}

export const instanceKey = ({ node, id }: Touched): string => `${fold(node)}/${fold(id)}`

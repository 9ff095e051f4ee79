// User events that this agent has heard of and that are meant for it, the newest 256, in memory: a restart forgets them. It follows the state, so it does
// not matter which server an event was fired at.

import { compileRegexp } from '../catalog/filter/regexp.js'
import { keys } from '../state/keys.js'
import type { Event } from '../engine/engine.js'
import type { EventRecord } from '../state/events.js'
import type { State } from '../state/state.js'

/** Events kept; the oldest goes first. */
export const MAX_EVENTS = 256

export interface EventKeeperOptions {
  readonly state: State
  /** The agent's own node. */
  readonly node: () => string
}

export class EventKeeper {
  readonly #options: EventKeeperOptions
  readonly #events: EventRecord[] = []
  readonly #silence: () => void

  constructor (options: EventKeeperOptions) {
    this.#options = options
    this.#silence = options.state.afterEvent(event => this.#follow(event))
  }

  /** Oldest first. @param name only those of this name; '' for all */
  list (name = ''): readonly EventRecord[] {
    return name === '' ? this.#events : this.#events.filter(event => event.name === name)
  }

  #follow ({ rows, restored }: Event): void {
    // What a restore brings has happened long ago.
    if (restored === true) return
    for (const { key, value } of rows) {
      if (key !== keys.lastEvent || value === undefined) continue
      const event = value as EventRecord
      if (!this.#isMeant(event)) continue
      this.#events.push(event)
      if (this.#events.length > MAX_EVENTS) this.#events.shift()
    }
  }

  /** Filters match anywhere in a text: the node's name, the id of a service that is registered at this agent, one of its tags. */
  #isMeant ({ nodeFilter, serviceFilter, tagFilter }: EventRecord): boolean {
    const { node, state } = this.#options
    try {
      if (nodeFilter !== '' && !compileRegexp(nodeFilter)(node())) return false
      if (serviceFilter === '') return true
      const onId = compileRegexp(serviceFilter)
      const onTag = tagFilter === '' ? undefined : compileRegexp(tagFilter)
      for (const { value: { service } } of state.agent.services.values()) {
        if (onId(service.id) && (onTag === undefined || service.tags.some(onTag))) return true
      }
      return false
    } catch {
      // Judged when it was fired, perhaps by a server that takes what this one does not: then it is meant for nobody here.
      return false
    }
  }

  /** Idempotent. */
  stop (): void { this.#silence() }
}

/**
 * The index of a list of events, as clients block on it: the two halves of the newest id, laid over one another; 1 for none.
 * @example `00000000-0000-0001-0000-000000000003` gives 2
 */
export function eventIndex (list: readonly EventRecord[]): bigint {
  const newest = list.at(-1)
  if (newest === undefined) return 1n
  const hex = newest.id.replaceAll('-', '')
  return BigInt(`0x${hex.slice(0, 16)}`) ^ BigInt(`0x${hex.slice(16)}`)
}

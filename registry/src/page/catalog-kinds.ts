// Kinds of the watch stream that show the catalog in short rows: `instances`, `service-counts`, `node-counts`.

import { conditionOf, instanceRow } from './instance-row.js'
import { follow, instanceKey } from './follower.js'
import { instanceOf } from '../catalog/select.js'
import { nodeJson } from '../catalog/wire.js'
import { fold } from '../state/keys.js'
import { topics } from '../state/topic-names.js'
import { textParam } from '../stream/protocol.js'
import type { Condition } from './instance-row.js'
import type { ServiceEntry } from '../state/services.js'
import type { State } from '../state/state.js'
import type { StreamKind, StreamRow } from '../stream/kind.js'

const NO_COUNTS: Readonly<Record<Condition, number>> = { passing: 0, warning: 0, critical: 0, draining: 0, maintenance: 0, 'not-ready': 0 }
/** Different tags, owners and zones that a row of a service names. */
const MAX_NAMED = 32

function counted (state: State, entries: Iterable<ServiceEntry>): Record<Condition, number> {
  const counts = { ...NO_COUNTS }
  for (const entry of entries) {
    const instance = instanceOf(state, entry)
    if (instance !== undefined) counts[conditionOf(state, instance).condition]++
  }
  return counts
}

const countsJson = (counts: Readonly<Record<Condition, number>>): object => ({
  Passing: counts.passing, Warning: counts.warning, Critical: counts.critical, Draining: counts.draining, Maintenance: counts.maintenance, NotReady: counts['not-ready'],
})

/** Of all services, of one, or of one node. */
export const instanceKind: StreamKind = {
  kind: 'instances',
  subject ({ state, config }, params) {
    const service = fold(textParam(params, 'service'))
    const node = fold(textParam(params, 'node'))
    const rowOf = (entry: ServiceEntry | undefined): StreamRow | undefined => {
      if (entry === undefined || (service !== '' && fold(entry.value.name) !== service) || (node !== '' && fold(entry.value.node) !== node)) return undefined
      const row = instanceRow(state, entry, config.node.name)
      return row && { key: instanceKey({ node: entry.value.node, id: entry.value.id }), version: JSON.stringify(row), json: () => row }
    }
    return {
      name: service || node,
      // A lease is told to own an instance by its own row.
      topics: () => [...service !== '' ? [topics.health(service)] : node !== '' ? [topics.node(node), topics.nodeChecks(node)] : [topics.services, topics.checks, topics.nodes], topics.leases],
      * rows () {
        const names = service !== '' ? [service] : state.services.names()
        const entries = node !== '' ? [state.services.onNode(node)] : [...names].map(name => state.services.named(name))
        for (const list of entries) {
          for (const entry of list) {
            const row = rowOf(entry)
            if (row !== undefined) yield row
          }
        }
      },
      follow: () => {
        const parts = new Map<string, readonly [string, string]>()
        return follow(state, touched => {
          const key = instanceKey(touched)
          parts.set(key, [touched.node, touched.id])
          return [key]
        }, key => {
          const found = parts.get(key)
          parts.delete(key)
          return found && rowOf(state.services.get(...found))
        })
      },
    }
  },
}

/** Each service with its instances counted by what they are in. */
export const serviceCountKind: StreamKind = {
  kind: 'service-counts',
  subject ({ state }) {
    const rowOf = (name: string): StreamRow | undefined => {
      const entries = state.services.named(name)
      if (entries.length === 0) return undefined
      const { name: shown, kind } = entries[0]!.value
      const tags = new Set<string>()
      const owners = new Set<string>()
      for (const { value } of entries) {
        if (tags.size < MAX_NAMED) for (const tag of value.tags) tags.add(tag)
        const owner = value.meta?.['owner']
        if (owner !== undefined && owners.size < MAX_NAMED) owners.add(owner)
      }
      const row = {
        Name: shown,
        ...kind !== '' && { Kind: kind },
        ...tags.size > 0 && { Tags: [...tags].sort().slice(0, MAX_NAMED) },
        ...owners.size > 0 && { Owner: [...owners].sort().join(', ') },
        Instances: entries.length,
        ...countsJson(counted(state, entries)),
      }
      return { key: fold(name), version: JSON.stringify(row), json: () => row }
    }
    return {
      name: '',
      topics: () => [topics.services, topics.checks, topics.leases],
      * rows () { for (const name of state.services.names()) { const row = rowOf(name); if (row !== undefined) yield row } },
      follow: () => {
        // An id may come back as another service: then both have changed.
        const named = new Map<string, string>()
        for (const name of state.services.names()) for (const { value } of state.services.named(name)) named.set(instanceKey({ node: value.node, id: value.id }), name)
        return follow(state, touched => {
          const key = instanceKey(touched)
          const before = named.get(key)
          const found = state.services.get(touched.node, touched.id)
          const now = found === undefined ? undefined : fold(found.value.name)
          if (now === undefined) named.delete(key)
          else named.set(key, now)
          return [before, now].filter(name => name !== undefined)
        }, rowOf)
      },
    }
  },
}

/** Each node with what is on it counted. */
export const nodeCountKind: StreamKind = {
  kind: 'node-counts',
  subject ({ state }) {
    return {
      name: '',
      topics: () => [topics.nodes, topics.services, topics.checks],
      * rows () {
        for (const node of state.nodes.list()) {
          const { name } = node.value
          let checks = 0
          for (const _ of state.checks.eachOnNode(name)) checks++ // eslint-disable-line @typescript-eslint/no-unused-vars
          const { Address, Meta } = nodeJson(node) as { Address: string, Meta: unknown }
          const row = { Node: name, Address, Meta, Instances: state.services.onNode(name).length, Checks: checks, Failing: state.checks.nodeWide(name).filter(({ value }) => value.status !== 'passing').length, ...countsJson(counted(state, state.services.eachOnNode(name))) }
          yield { key: fold(name), version: JSON.stringify(row), json: () => row }
        }
      },
    }
  },
}

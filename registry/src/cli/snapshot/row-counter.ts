// What takes the room in a snapshot: rows counted by kind, and keys by their beginnings. Pure.

import { partOf } from '../../state/keys.js'

export interface Counted {
  readonly Name: string
  /** Bytes. */
  readonly Sum: number
  readonly Count: number
}

/** Kinds by the first segment of a row's key; names that tools know where there is one. */
const KINDS: Readonly<Record<string, string>> = {
  kv: 'KVS', session: 'Session', query: 'PreparedQuery', config: 'ConfigEntry', lease: 'Lease', agent: 'AgentRegistration', operator: 'Autopilot', 'virtual-ip': 'ServiceVirtualIP',
}
const ON_NODES: Readonly<Record<string, string>> = { '': 'Register', service: 'Register', check: 'Register', coordinate: 'CoordinateBatchUpdate' }
/** Rows that point to others, marks and counters. */
const OTHERS = 'Index'

const kindOf = (key: string): string => {
  const part = partOf(key)
  return (part === undefined ? KINDS[key.slice(0, key.indexOf('/'))] : ON_NODES[part]) ?? OTHERS
}

export interface KeyDetails {
  /** Levels of keys that are told apart. */
  readonly depth: number
  /** Only keys that begin so. */
  readonly prefix: string
}

export class RowCounter {
  readonly #details: KeyDetails
  readonly #types = new Map<string, Counted>()
  readonly #keys = new Map<string, Counted>()
  /** Bytes in all. */
  size = 0

  constructor (details: KeyDetails) { this.#details = details }

  add (key: string, bytes: number): void {
    this.size += bytes
    count(this.#types, kindOf(key), bytes)
    if (!key.startsWith('kv/')) return
    const name = key.slice('kv/'.length)
    if (name.startsWith(this.#details.prefix)) count(this.#keys, name.split('/').slice(0, this.#details.depth).join('/'), bytes)
  }

  /** The largest first. */
  types (): readonly Counted[] { return sorted(this.#types) }
  keys (): readonly Counted[] { return sorted(this.#keys) }
}

function count (counts: Map<string, Counted>, Name: string, bytes: number): void {
  const { Sum, Count } = counts.get(Name) ?? { Sum: 0, Count: 0 }
  counts.set(Name, { Name, Sum: Sum + bytes, Count: Count + 1 })
}

const sorted = (counts: ReadonlyMap<string, Counted>): readonly Counted[] => [...counts.values()].sort((a, b) => b.Sum - a.Sum || (a.Name < b.Name ? -1 : 1))

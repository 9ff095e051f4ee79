// Every key that a configuration file may have, as a flat list: for the docs, which say what is read, what is not, and what a reload takes over.

import { agentKeys } from './keys/agent.js'
import type { KeyKind, Table } from './keys/key.js'

export interface ListedKey {
  /** `dns_config.soa.min_ttl`, `services[].checks[].ttl`, `audit.sink[NAME].type`. */
  readonly path: string
  readonly kind: KeyKind
  readonly aliases: readonly string[]
  /** Why nothing comes of it; undefined where Roster acts on it. */
  readonly ignored: string | undefined
}

/** In the order of the tables, blocks before what stands in them. Below a block that is ignored as a whole, nothing is listed. */
export const keyList = (): readonly ListedKey[] => walk(agentKeys, '')

const STEP: Readonly<Partial<Record<KeyKind, string>>> = { block: '.', blocks: '[].', blockMap: '[NAME].' }

function walk (table: Table, prefix: string): ListedKey[] {
  return Object.entries(table).flatMap(([name, { kind, aliases, ignored, table: below }]) => {
    const path = prefix + name
    const own: ListedKey = { path, kind, aliases, ignored }
    return below === undefined || ignored !== undefined ? [own] : [own, ...walk(below, path + STEP[kind]!)]
  })
}

// Which nodes, instances and checks a reader asked for: tags, node metadata, health, nearness. Pure functions over the state.

import { fold } from '../state/keys.js'
import type { CheckEntry } from '../state/checks.js'
import type { NodeEntry } from '../state/nodes.js'
import type { ServiceEntry } from '../state/services.js'
import type { State } from '../state/state.js'

/** Node metadata that must all be there, key to value. */
export type NodeMeta = ReadonlyMap<string, string>

/** `k:v` parameters; of one key the last value counts; without a colon the value is empty. */
export function nodeMeta (params: readonly string[]): NodeMeta {
  const wanted = new Map<string, string>()
  for (const param of params) {
    const colon = param.indexOf(':')
    wanted.set(colon < 0 ? param : param.slice(0, colon), colon < 0 ? '' : param.slice(colon + 1))
  }
  return wanted
}

export function hasMeta (node: NodeEntry | undefined, wanted: NodeMeta): boolean {
  for (const [key, value] of wanted) {
    const meta = node?.value.meta
    if (meta == null || !Object.hasOwn(meta, key) || meta[key] !== value) return false
  }
  return true
}

/** All of the tags, in any letter case. An empty tag is one that nobody has. */
export function hasTags (service: ServiceEntry, tags: readonly string[]): boolean {
  return tags.every(tag => service.value.tags.some(t => fold(t) === fold(tag)))
}

/** An instance with what its health depends on. */
export interface Instance {
  readonly node: NodeEntry
  readonly service: ServiceEntry
  /** Node-wide checks, then the instance's own, each by id. */
  readonly checks: readonly CheckEntry[]
}

export function instanceOf (state: State, service: ServiceEntry): Instance | undefined {
  const node = state.nodes.get(service.value.node)
  if (node === undefined) return undefined
  return { node, service, checks: [...state.checks.nodeWide(service.value.node), ...state.checks.ofInstance(service.value.node, service.value.id)] }
}

export type Health = 'passing' | 'warning' | 'critical'

/** The worst state of the checks; none is passing. Words that are no state count as critical, as a registration may store any. */
export function worst (checks: readonly CheckEntry[]): Health {
  let health: Health = 'passing'
  for (const { value } of checks) {
    if (value.status === 'passing') continue
    if (value.status !== 'warning') return 'critical'
    health = 'warning'
  }
  return health
}

// An intention: whether one service may call another. Intentions live in the service-intentions entries of those who are called (../config-entries); here they
// are one by one, in the order in which they count.

import { ANY } from '../config-entries/entry-kind.js'
import type { Permission, JwtRequirement, ServiceIntentions, SourceIntention } from '../config-entries/kinds/service-intentions.js'
import type { ConfigEntryEntry } from '../state/config-entries.js'
import type { State } from '../state/state.js'

export interface Intention {
  /** Who calls; `*` for all. */
  readonly source: string
  /** Cluster of the source, '' for this one. */
  readonly peer: string
  /** Who is called; `*` for all. */
  readonly destination: string
  /** allow or deny; '' where the permissions decide, request by request. */
  readonly action: string
  readonly permissions: readonly Permission[] | null
  readonly jwt: JwtRequirement | null
  readonly description: string
  readonly meta: Readonly<Record<string, string>> | null
  readonly sourceType: string
  /** The higher, the earlier it counts. */
  readonly precedence: number
  /** Only of intentions that were made by id. */
  readonly legacy: { readonly id: string, readonly createdAt: string, readonly updatedAt: string } | undefined
  /** Of the entry that it lives in. */
  readonly createIndex: number
  readonly modifyIndex: number
}

/** Kind of the entries that hold intentions. */
export const KIND = 'service-intentions'

function intentionOf (entry: ServiceIntentions, source: SourceIntention, { createIndex, modifyIndex }: ConfigEntryEntry): Intention {
  const isLegacy = source.LegacyID !== ''
  return {
    source: source.Name,
    peer: source.Peer,
    destination: entry.Name,
    action: source.Action,
    permissions: source.Permissions,
    jwt: entry.JWT,
    description: source.Description,
    meta: isLegacy ? source.LegacyMeta : entry.Meta,
    sourceType: source.Type,
    precedence: source.Precedence,
    legacy: isLegacy ? { id: source.LegacyID, createdAt: source.LegacyCreateTime ?? '', updatedAt: source.LegacyUpdateTime ?? '' } : undefined,
    createIndex,
    modifyIndex,
  }
}

const ofEntry = (found: ConfigEntryEntry): Intention[] => {
  const entry = found.value.entry as unknown as ServiceIntentions
  return (entry.Sources ?? []).map(source => intentionOf(entry, source, found))
}

const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

/** By precedence; those of the same by names, so that the order is always the same. */
const inOrder = (intentions: readonly Intention[]): Intention[] => intentions.toSorted((a, b) =>
  b.precedence - a.precedence || compare(a.peer, b.peer) || compare(a.source, b.source) || compare(a.destination, b.destination))

export const allIntentions = (state: State): Intention[] => inOrder(state.configEntries.ofKind(KIND).flatMap(ofEntry))

/** What concerns calls to a service, those to all services included; closest first. */
export const toDestination = (state: State, name: string): Intention[] =>
  inOrder([...new Set([name, ANY])].flatMap(destination => state.configEntries.get(KIND, destination) ?? []).flatMap(ofEntry))

/** What concerns calls of a service of this cluster. */
export const fromSource = (state: State, name: string): Intention[] =>
  inOrder(state.configEntries.ofKind(KIND).flatMap(ofEntry).filter(intention => intention.peer === '' && (intention.source === name || intention.source === ANY)))

export function exactIntention (state: State, source: string, destination: string, peer = ''): Intention | undefined {
  const entry = state.configEntries.get(KIND, destination)
  return entry && ofEntry(entry).find(intention => intention.source === source && intention.peer === peer)
}

export function intentionById (state: State, id: string): Intention | undefined {
  for (const entry of state.configEntries.ofKind(KIND)) {
    const found = ofEntry(entry).find(intention => intention.legacy?.id === id)
    if (found !== undefined) return found
  }
  return undefined
}

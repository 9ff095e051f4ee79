// Config entries of another registry, intentions among them: which kinds there are, in what order they fit, and what of an entry is written. Pure.

import type { ConfigEntry } from '@roster/client/api'

/** Protocols before what needs them, resolvers before those who name them. Bound gateways are not here: they are computed from the others. */
export const ENTRY_KINDS: readonly string[] = [
  'proxy-defaults', 'service-defaults', 'mesh', 'jwt-provider', 'service-resolver', 'service-splitter', 'service-router', 'service-intentions', 'exported-services',
  'inline-certificate', 'file-system-certificate', 'ingress-gateway', 'terminating-gateway', 'api-gateway', 'http-route', 'tcp-route',
]

/** Given by the registry that keeps the entry, or (status) computed by it. */
const GIVEN: ReadonlySet<string> = new Set(['CreateIndex', 'ModifyIndex', 'Hash', 'Status', 'Partition', 'Namespace'])
/** Of intentions that were made by id, which cannot be written this way again. */
const LEGACY: ReadonlySet<string> = new Set(['LegacyID', 'LegacyMeta', 'LegacyCreateTime', 'LegacyUpdateTime', 'Precedence'])

const without = (value: object, names: ReadonlySet<string>): Record<string, unknown> => Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name)))

/** What is written for an entry, and what is compared with the one that is here. */
export function entryBody (entry: ConfigEntry): ConfigEntry {
  const body = without(entry, GIVEN) as unknown as ConfigEntry
  const sources = body['Sources']
  if (entry.Kind !== 'service-intentions' || !Array.isArray(sources)) return body
  return { ...body, Sources: sources.map((source: object) => without(source, LEGACY)) }
}

/** Metadata of intentions that were made by id has no place in an entry. @returns names of their sources */
export function sourcesWithMeta (entry: ConfigEntry): readonly string[] {
  const sources = entry['Sources']
  if (entry.Kind !== 'service-intentions' || !Array.isArray(sources)) return []
  return sources.filter((source: { readonly LegacyMeta?: object | null }) => Object.keys(source.LegacyMeta ?? {}).length > 0).map((source: { readonly Name: string }) => source.Name)
}

/** How people call it. `mesh` has no name. */
export const entryTitle = ({ Kind, Name }: ConfigEntry): string => Name === undefined ? Kind : `${Kind}/${Name}`

// Writing intentions one by one: each is a source in the entry of who is called, and every write is a write of that entry. Two ways, by names and (the old one)
// by id; an entry that was changed by names cannot be changed by id any more.

import { command } from '../catalog/rows.js'
import { severalErrors } from '../catalog/service-rules.js'
import { ANY } from '../config-entries/entry-kind.js'
import { intentionsProblem, normalIntentions, serviceIntentions, sourceIntention } from '../config-entries/kinds/service-intentions.js'
import { MAX_VALUE_LENGTH, metaErrors } from '../config-entries/parts/meta-rules.js'
import { deleteEntry, putEntry, settle } from '../config-entries/write.js'
import { same } from '../engine/draft.js'
import { errors } from '../errors.js'
import { goQuote } from '../http/decode/go-text.js'
import { keys } from '../state/keys.js'
import { KIND } from './intention.js'
import type { ServiceIntentions, SourceIntention } from '../config-entries/kinds/service-intentions.js'
import type { Draft } from '../engine/draft.js'
import type { Command } from '../engine/engine.js'
import type { IntentionBody } from '../http/decode/bodies/intention.js'
import type { ConfigEntryRecord } from '../state/config-entries.js'

const entryOf = (draft: Draft, destination: string): ServiceIntentions | undefined =>
  draft.get<ConfigEntryRecord>(keys.configEntry(KIND, destination))?.entry as unknown as ServiceIntentions | undefined

/** A source as a body says it. */
const sourceOf = (body: IntentionBody, name: string): SourceIntention => ({
  ...sourceIntention.zero(),
  Name: name,
  Action: body.Action,
  Permissions: body.Permissions,
  Type: body.SourceType,
  Description: body.Description,
})

/** Puts the entry with other sources, or deletes it when none is left. @param now ms of the wall clock */
function rewrite (draft: Draft, destination: string, before: ServiceIntentions | undefined, sources: readonly SourceIntention[], legacy: boolean, now: number): void {
  if (sources.length === 0) deleteEntry(draft, KIND, destination)
  else {
    const blank = serviceIntentions.shape.zero()
    const entry = normalIntentions({ ...blank, ...before, Kind: KIND, Name: before?.Name ?? destination, Sources: sources }, legacy)
    const problem = intentionsProblem(entry, legacy)
    if (problem !== undefined) throw errors.CONFIG_ENTRY(problem)
    putEntry(draft, serviceIntentions, entry)
  }
  settle(draft, now)
}

/** Metadata belongs to the entry: it may only come back as it was read. */
function refuseMeta (before: ServiceIntentions | undefined, meta: IntentionBody['Meta']): void {
  if (Object.keys(meta ?? {}).length === 0) return
  if (before === undefined) throw errors.CONFIG_ENTRY('Meta must not be specified')
  if (!same(before.Meta ?? {}, { ...meta })) throw errors.CONFIG_ENTRY('Meta must not be specified, or should be unchanged during an update.')
}

/** Puts the intention between two services. @throws RosterError `CONFIG_ENTRY` */
export const upsertCommand = (source: string, destination: string, body: IntentionBody, now: number): Command<true> => command(draft => {
  const before = entryOf(draft, destination)
  refuseMeta(before, body.Meta)
  const sources = [...before?.Sources ?? []]
  const at = sources.findIndex(of => of.Name === source)
  sources.splice(at < 0 ? sources.length : at, at < 0 ? 0 : 1, sourceOf(body, source))
  rewrite(draft, destination, before, sources, false, now)
  return true
})

/** Deletes the intention between two services; one that is not there is deleted. */
export const deleteExactCommand = (source: string, destination: string, now: number): Command<true> => command(draft => {
  const before = entryOf(draft, destination)
  const left = before?.Sources?.filter(of => of.Name !== source) ?? []
  if (before !== undefined && left.length < before.Sources!.length) rewrite(draft, destination, before, left, false, now)
  return true
})

// === the old way, by id ===

/** All that is wrong with an intention itself. */
function legacyErrors (body: IntentionBody): string[] {
  const found: string[] = []
  if (body.SourceName === '') found.push('SourceName must be set')
  if (body.DestinationName === '') found.push('DestinationName must be set')
  for (const [field, name] of [['SourceName', body.SourceName], ['DestinationName', body.DestinationName]] as const) {
    if (name !== ANY && name.includes(ANY)) found.push(`${field}: wildcard character '*' cannot be used with partial values`)
  }
  if (Buffer.byteLength(body.Description) > MAX_VALUE_LENGTH) found.push(`Description exceeds maximum length ${MAX_VALUE_LENGTH}`)
  found.push(...metaErrors(body.Meta))
  if (body.Action !== 'allow' && body.Action !== 'deny') found.push("Action must be set to 'allow' or 'deny'")
  if ((body.Permissions?.length ?? 0) > 0) found.push('Permissions must not be set when using the legacy APIs')
  if (body.SourceType !== '' && body.SourceType !== 'consul') found.push("SourceType must be set to 'consul'")
  return found
}

function legacySource (body: IntentionBody, id: string, now: number, createdAt?: string | null): SourceIntention {
  const found = legacyErrors(body)
  if (found.length > 0) throw errors.CONFIG_ENTRY(severalErrors(found))
  const time = new Date(now).toISOString()
  return { ...sourceOf(body, body.SourceName), LegacyID: id, LegacyMeta: body.Meta, LegacyCreateTime: createdAt ?? time, LegacyUpdateTime: time }
}

/** Sources of an entry that knows ids only. @throws RosterError `CONFIG_ENTRY` */
function legacySources (before: ServiceIntentions | undefined): readonly SourceIntention[] {
  const sources = before?.Sources ?? []
  if (sources.some(of => of.LegacyID === '')) {
    throw errors.CONFIG_ENTRY(`cannot use legacy intention API to edit intentions with a destination of ${goQuote(before!.Name)} after editing them via a service-intentions config entry`)
  }
  return sources
}

/** The entry that holds an intention. */
function holderOf (draft: Draft, id: string): ServiceIntentions | undefined {
  const entries = draft.range<ConfigEntryRecord>(keys.configEntriesOf(KIND)).map(([, record]) => record.entry as unknown as ServiceIntentions)
  return entries.find(entry => entry.Sources?.some(of => of.LegacyID === id))
}

/** @param id UUID that the new intention gets */
export const createCommand = (body: IntentionBody, id: string, now: number): Command<string> => command(draft => {
  const source = legacySource(body, id, now)
  const before = entryOf(draft, body.DestinationName)
  rewrite(draft, body.DestinationName, before, [...legacySources(before), source], true, now)
  return id
})

/** Replaces an intention; who is called must stay. */
export const updateCommand = (id: string, body: IntentionBody, now: number): Command<string> => command(draft => {
  const before = holderOf(draft, id)
  if (before === undefined) throw errors.INTENTION_UNKNOWN('modify', id)
  if (body.DestinationName !== before.Name) throw errors.CONFIG_ENTRY('Cannot modify Destination partition/namespace/name for an intention once it exists.')
  const old = legacySources(before)
  const source = legacySource(body, id, now, old.find(of => of.LegacyID === id)!.LegacyCreateTime)
  rewrite(draft, before.Name, before, old.map(of => of.LegacyID === id ? source : of), true, now)
  return id
})

export const deleteByIdCommand = (id: string, now: number): Command<true> => command(draft => {
  const before = holderOf(draft, id)
  if (before === undefined) throw errors.INTENTION_UNKNOWN('delete', id)
  rewrite(draft, before.Name, before, legacySources(before).filter(of => of.LegacyID !== id), true, now)
  return true
})

// Writing entries: judged by their kind, then together with all others; what hangs on them is brought up to date in the same transaction.

import { command } from '../catalog/rows.js'
import { giveVirtualIp, relinkGateway } from '../catalog/virtual-ip.js'
import { resettle } from '../agent/central-config.js'
import { same } from '../engine/draft.js'
import { errors } from '../errors.js'
import { keys } from '../state/keys.js'
import { bindRoutes } from './bind-routes.js'
import { ANY } from './entry-kind.js'
import { draftEntries } from './entry-source.js'
import { graphProblem } from './graph.js'
import { entryHash } from './hash.js'
import { entryKind } from './kinds.js'
import type { Draft } from '../engine/draft.js'
import type { Command } from '../engine/engine.js'
import type { ConfigEntryRecord } from '../state/config-entries.js'
import type { AnyEntry, SomeEntryKind } from './entry-kind.js'

export interface EntryWrite {
  /** Write only over the entry with this ModifyIndex; 0: only when there is none. `undefined`: in any case. */
  readonly cas?: bigint | undefined
  /** See State.base. */
  readonly base: number
  /** Of the wall clock, ms: when conditions changed is told. */
  readonly now: number
}

/** What clients send: normalized and judged by its kind. @throws RosterError `CONFIG_ENTRY`, `ONLY_BY_CONTROLLER` */
export function judged<T extends AnyEntry> (kind: SomeEntryKind, sent: T): T {
  const entry = { ...kind.normalize?.(sent) as T | undefined ?? sent, ...('Kind' in sent ? { Kind: kind.kind } : {}), Hash: 0 }
  const problem = kind.problem(entry) as string | undefined
  if (problem !== undefined) throw errors.CONFIG_ENTRY(problem)
  if (kind.ownedByServer === true) throw errors.ONLY_BY_CONTROLLER()
  return entry
}

/** Puts an entry. False: another one is there than `cas` says. What is there already is written by anybody, whatever `cas` says. */
export const putEntryCommand = (kind: SomeEntryKind, entry: AnyEntry, write: EntryWrite): Command<boolean> => command(draft => {
  const name = kind.onlyName ?? entry.Name ?? ''
  const row = draft.row(keys.configEntry(kind.kind, name))
  const before = row?.value as ConfigEntryRecord | undefined
  const after = 'Status' in entry ? { ...entry, Status: before?.entry['Status'] ?? NO_STATUS } : entry
  if (before !== undefined && before.name === name && same(before.entry, after)) return true
  if (!fits(row, write)) return false
  putEntry(draft, kind, after)
  settle(draft, write.now)
  return true
})

/** Deletes an entry; one that is not there is deleted. False: another one is there than `cas` says. */
export const deleteEntryCommand = (kind: SomeEntryKind, name: string, write: EntryWrite): Command<boolean> => command(draft => {
  const row = draft.row(keys.configEntry(kind.kind, kind.onlyName ?? name))
  if (row === undefined) return true
  if (!fits(row, write)) return false
  deleteEntry(draft, kind.kind, kind.onlyName ?? name)
  settle(draft, write.now)
  return true
})

const NO_STATUS = { Conditions: null }

const fits = (row: { readonly revision: number } | undefined, { cas, base }: EntryWrite): boolean =>
  cas === undefined || BigInt(row === undefined ? 0 : base + row.revision) === cas

/** One step of a command: puts an entry that is judged already. @throws RosterError `CONFIG_ENTRY` when it does not fit to the others */
export function putEntry (draft: Draft, kind: SomeEntryKind, entry: AnyEntry): void {
  const name = kind.onlyName ?? entry.Name ?? ''
  const problem = graphProblem(draftEntries(draft), { kind: kind.kind, name, entry })
  if (problem !== undefined) throw errors.CONFIG_ENTRY(problem)
  draft.put(keys.configEntry(kind.kind, name), { kind: kind.kind, name, entry: { ...entry }, hash: entryHash(kind, entry) } satisfies ConfigEntryRecord)
  if (ADDRESSED.includes(kind.kind) && !name.includes(ANY)) giveVirtualIp(draft, name)
  if (kind.kind === 'terminating-gateway') relinkGateway(draft, name)
  resettle(draft, kind.kind, name)
}

/** Services that entries of these kinds are about can be called, so they have a virtual address. */
const ADDRESSED: readonly string[] = ['service-router', 'service-splitter', 'service-resolver', 'service-defaults', 'service-intentions']

/** One step of a command. @throws RosterError `CONFIG_ENTRY` when others need it */
export function deleteEntry (draft: Draft, kind: string, name: string): void {
  const problem = graphProblem(draftEntries(draft), { kind, name, entry: undefined })
  if (problem !== undefined) throw errors.CONFIG_ENTRY(problem)
  draft.delete(keys.configEntry(kind, name))
  if (kind === 'terminating-gateway') relinkGateway(draft, name)
  resettle(draft, kind, name)
}

/** Last step: what the server writes itself follows. */
export function settle (draft: Draft, now: number): void {
  const { put, gone } = bindRoutes(draftEntries(draft), now)
  for (const { kind, entry } of put) {
    draft.put(keys.configEntry(kind, entry.Name), { kind, name: entry.Name, entry: { ...entry }, hash: entryHash(entryKind(kind)!, entry) } satisfies ConfigEntryRecord)
  }
  for (const name of gone) draft.delete(keys.configEntry('bound-api-gateway', name))
}

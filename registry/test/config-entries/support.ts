// Config entries without a server: decoded and judged as the door does it, and a heap of them as a source for what is read out of entries.
import { decodeEntry } from '../../src/config-entries/decode.js'
import { entryHash } from '../../src/config-entries/hash.js'
import { judged } from '../../src/config-entries/write.js'
import { fold } from '../../src/state/keys.js'
import type { AnyEntry, SomeEntryKind } from '../../src/config-entries/entry-kind.js'
import type { EntrySource } from '../../src/config-entries/entry-source.js'

export interface Judged {
  readonly kind: SomeEntryKind
  readonly entry: AnyEntry
  /** As answers show it, without hash and indexes. */
  readonly shown: Readonly<Record<string, unknown>>
  readonly hash: number
}

/** @throws RosterError of the first fault */
export function judge (body: unknown): Judged {
  const { kind, entry: sent } = decodeEntry(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
  const entry = judged(kind, sent)
  return { kind, entry, shown: kind.shape.show(entry) as Record<string, unknown>, hash: entryHash(kind, entry) }
}

/** What is said of a bad entry; `undefined` when it is good. */
export function refusal (body: unknown): string | undefined {
  try {
    judge(body)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** Judged entries to read from. */
export function heap (...bodies: readonly object[]): EntrySource {
  const entries = bodies.map(body => judge(body))
  const ofKind = (kind: string): AnyEntry[] => entries.filter(of => of.kind.kind === kind).map(of => of.entry)
  return {
    entry: (kind, name) => ofKind(kind).find(entry => fold(entry.Name ?? kind) === fold(name)) as never,
    entries: kind => ofKind(kind) as never,
  }
}

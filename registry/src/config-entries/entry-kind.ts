// What a kind of config entry is made of: its fields as a shape, what stands in for the unset, and what is refused. The kinds are a file each in kinds/,
// and a line each in kinds.ts; how entries fit together is graph.ts's affair.

import { uint64 } from '../http/decode/weak/weak-scalars.js'
import { textMap } from '../http/decode/weak/weak-lists.js'
import { filled, hidden } from '../http/decode/weak/shape.js'
import type { Shape } from '../http/decode/weak/shape.js'

/** What every entry has, whatever its kind; a kind may say more, and some kinds have no name of their own. */
export interface AnyEntry {
  readonly Kind?: string
  readonly Name?: string
  readonly Meta: Readonly<Record<string, string>> | null
}

export interface EntryKind<T extends AnyEntry> {
  readonly kind: string
  readonly shape: Shape<T>
  /** The only name that an entry of the kind can have; it need not be given. */
  readonly onlyName?: string
  /** The entry with what stands in for the unset, in one spelling. */
  readonly normalize?: (entry: T) => T
  /** The first law that the (normalized) entry breaks, in Consul's words. */
  readonly problem: (entry: T) => string | undefined
  /** Only the server writes entries of the kind. */
  readonly ownedByServer?: boolean
}

/** A kind whose type is looked at by nobody. */
export type SomeEntryKind = EntryKind<any> // eslint-disable-line @typescript-eslint/no-explicit-any -- kinds of all types stand in one list

/** Fields that every shape ends with. The hash is the server's; one that comes back from a reader is taken and thrown away. */
export const COMMON = { Meta: filled(textMap), Hash: hidden(uint64) }

/** The first text that is there. */
export function first (problems: Iterable<string | undefined>): string | undefined {
  for (const problem of problems) if (problem !== undefined) return problem
  return undefined
}

/** Wildcard for names of services and hosts. */
export const ANY = '*'

/** How many of several alternatives are given. */
export const given = (...values: ReadonlyArray<string | boolean>): number => values.filter(value => value !== '' && value !== false).length

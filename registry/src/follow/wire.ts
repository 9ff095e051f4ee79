// What goes from a server to those who follow it: lines of JSON, rows as arrays. Both ends are here, so that they cannot differ.
//
//   {"hello":{…}}                         who answers, and whether the view comes whole or as what is newer than the follower's
//   {"rows":[[key, created, revision, schema, value], …]}     schema 0: a tombstone, with what stays of the row in the place of the value
//   {"view":57}                           the rows so far make the view of this revision: take it over
//   {"event":{"revision":58,"rows":[…],"purges":[…]}}          one transaction, as the engine gives it
//   {"beat":58}                           nothing has happened since, and the server lives

import { FLOOR_KEY } from '../engine/tombstones.js'
import { keys } from '../state/keys.js'
import { tableOf } from '../state/tables.js'
import type { Event, Revision, Row } from '../engine/engine.js'

export type WireRow = readonly [key: string, created: Revision, revision: Revision, schema: number, value: unknown]

export interface Hello {
  /** Names the history that revisions belong to: another one after the server's data was lost. */
  readonly history: string
  /** See State.base. */
  readonly base: number
  /** The rows that follow are all there are. */
  readonly whole: boolean
  /** ms between two signs of life. */
  readonly beatMs: number
  readonly server: ServerAbout
}

/** Who a server is, for those who follow it. */
export interface ServerAbout {
  readonly node: string
  readonly id: string
  readonly datacenter: string
  /** Of Roster. */
  readonly version: string
  /** As `agent/members` shows it. */
  readonly member: Readonly<Record<string, unknown>>
}

export interface WireEvent {
  readonly revision: Revision
  readonly rows: readonly WireRow[]
  readonly purges: readonly string[]
  readonly restored?: true
}

export type Line =
  | { readonly hello: Hello }
  | { readonly rows: readonly WireRow[] }
  | { readonly view: Revision }
  | { readonly event: WireEvent }
  | { readonly beat: Revision }

/** Tables without a schema number of their own have this one. */
const FIRST_SCHEMA = 1

/** What is registered at a server's own agent is nobody else's affair, and pointers by which commands find their way are of no use to readers. */
const UNREAD: readonly string[] = ['agent/', 'node-id/', 'meta/', 'lease-of/', 'lease-node/', 'held/', 'session-on/', 'session-check/', 'query-name/', 'query-of/']
const READ_ALL_THE_SAME: readonly string[] = [FLOOR_KEY, keys.restored]

/** Whether followers get a row. */
export const isFollowed = (key: string): boolean =>
  READ_ALL_THE_SAME.includes(key) || !(UNREAD.some(beginning => key.startsWith(beginning)) || (key.startsWith('node/') && key.includes('/checks-of/')))

export const wireRow = ({ key, created, revision, value, gone }: Row): WireRow =>
  value === undefined ? [key, created, revision, 0, gone ?? null] : [key, created, revision, tableOf(key)?.schema ?? FIRST_SCHEMA, value]

export const wireEvent = ({ revision, rows, purges, restored }: Event): WireEvent =>
  ({ revision, rows: rows.filter(row => isFollowed(row.key)).map(wireRow), purges: purges.filter(isFollowed), ...(restored === true ? { restored } : {}) })

/**
 * `undefined` for a row of a table that this version does not know.
 * @throws Error for a record of a later schema: whoever is older than its server must not guess
 */
export function readRow ([key, created, revision, schema, value]: WireRow): Row | undefined {
  const table = tableOf(key)
  if (table === undefined) return undefined
  if (schema === 0) return { key, created, revision, value: undefined, gone: value }
  const known = table.schema ?? FIRST_SCHEMA
  if (schema > known) throw new Error(`the server is of a later version: "${key}" has schema ${schema}, this version knows ${known}`)
  return { key, created, revision, value: schema === known ? value : table.migrate!(schema, value) }
}

export const encodeLine = (line: Line): string => JSON.stringify(line) + '\n'

// What is registered at a local agent, kept by it alone: the `agent/…` rows, in an engine of their own (on disk, as Consul's client agents keep theirs).
// Commands are the same as on a server, where one transaction writes both the agent's row and its image in the catalog. Here the first half is kept, and of
// the second it is only noted which services and checks the servers have to hear of: what they are told is read from the first (registrations.ts).

import { same } from '../engine/draft.js'
import { EngineError } from '../engine/engine.js'
import { errors } from '../errors.js'
import { fold, keys } from '../state/keys.js'
import type { Command, Engine, Event, Fold, Head, Row, Transaction } from '../engine/engine.js'
import type { AgentServiceRecord } from '../state/agent.js'
import type { CheckRecord } from '../state/checks.js'
import type { Entry } from '../state/entry.js'
import type { ServiceRecord } from '../state/services.js'
import type { State } from '../state/state.js'

/** Ids of what the servers have to hear of. */
export class Unsaid {
  readonly services = new Set<string>()
  readonly checks = new Set<string>()

  get size (): number { return this.services.size + this.checks.size }

  add (other: Unsaid): void {
    for (const id of other.services) this.services.add(id)
    for (const id of other.checks) this.checks.add(id)
  }
}

export class OwnRows {
  readonly #engine: Engine
  readonly #state: State

  constructor (engine: Engine, state: State) {
    this.#engine = engine
    this.#state = state
  }

  /** Takes up what was registered before. To be called once, before anything else is in the state. @param also told of every row and event of the engine */
  async open (also: Fold): Promise<void> {
    const state = this.#state
    await this.#engine.open({
      row (row: Row) {
        if (isOwn(row.key)) state.row(row)
        also.row(row)
      },
      event (event: Event) {
        state.aside({ ...event, rows: event.rows.filter(row => isOwn(row.key)) })
        also.event(event)
      },
    })
    // Revisions of this engine say nothing of the registry.
    state.started(0)
    state.revision = 0
  }

  /** Keeps the agent's half of what a command decides. @throws whatever the command throws; RosterError `NO_LEADER` when it cannot be kept */
  async commit<T> (command: Command<T>): Promise<{ readonly result: T, readonly unsaid: Unsaid }> {
    const unsaid = new Unsaid()
    try {
      const { result } = await this.#engine.commit(head => {
        const decided = command(new OwnHead(head, this.#state))
        return { tx: decided.tx === undefined ? undefined : ownHalf(decided.tx, head, unsaid), result: decided.result }
      })
      return { result, unsaid }
    } catch (error) {
      if (error instanceof EngineError) throw errors.NO_LEADER()
      throw error
    }
  }

  close (): Promise<void> { return this.#engine.close() }
}

/** The `agent/…` rows of a transaction; `undefined` when there are none. Notes what else it was about. */
export function ownHalf ({ puts = [], deletes = [] }: Transaction, head: Pick<Head, 'get'>, unsaid: Unsaid): Transaction | undefined {
  const own = { puts: puts.filter(([key]) => isOwn(key)), deletes: deletes.filter(([key]) => isOwn(key)) }
  for (const [key, value] of puts) {
    if (key.startsWith(keys.agentServices)) {
      const { service } = value as AgentServiceRecord
      const before = head.get(key)?.value as AgentServiceRecord | undefined
      if (before === undefined || !same(before.service, service)) unsaid.services.add(service.id)
    } else if (key.startsWith(keys.nodes) && key.includes('/check/')) unsaid.checks.add((value as CheckRecord).checkId)
    else if (key.startsWith(keys.nodes) && key.includes('/service/')) unsaid.services.add((value as ServiceRecord).id)
  }
  for (const [key, gone] of deletes) {
    if (key.startsWith(keys.agentServices)) unsaid.services.add((gone as { id: string }).id)
    else if (key.startsWith(keys.agentChecks)) unsaid.checks.add((gone as { id: string }).id)
  }
  return own.puts.length + own.deletes.length === 0 ? undefined : own
}

const isOwn = (key: string): boolean => key.startsWith('agent/')

/** What commands of the agent read: its own rows, and of the view what they look at besides: config entries and who owns an instance. */
class OwnHead implements Head {
  readonly #head: Head
  readonly #state: State

  constructor (head: Head, state: State) {
    this.#head = head
    this.#state = state
  }

  get next (): number { return this.#head.next }

  get (key: string): Row | undefined {
    if (isOwn(key)) return this.#head.get(key)
    if (key.startsWith('lease-of/')) return this.#leaseOf(key)
    if (!key.startsWith(keys.configEntries)) return undefined
    for (const row of this.#entriesBelow(key)) if (row.key === key) return row
    return undefined
  }

  range (prefix: string): Iterable<Row> {
    if (isOwn(prefix)) return this.#head.range(prefix)
    return prefix.startsWith(keys.configEntries) ? this.#entriesBelow(prefix) : []
  }

  tombstones (prefix: string): Iterable<Row> { return isOwn(prefix) ? this.#head.tombstones(prefix) : [] }

  * #entriesBelow (prefix: string): Iterable<Row> {
    const [, kind] = prefix.split('/')
    for (const entry of this.#state.configEntries.ofKind(kind ?? '')) {
      const key = keys.configEntry(entry.value.kind, entry.value.name)
      if (key.startsWith(prefix)) yield this.#row(key, entry)
    }
  }

  #leaseOf (key: string): Row | undefined {
    const [, node, service] = key.split('/')
    const lease = this.#state.leases.ownerOf.get(`${fold(unescape(node!))}\0${fold(unescape(service!))}`)
    return lease === undefined ? undefined : { key, value: { lease }, created: 0, revision: 0 }
  }

  #row (key: string, { value, createIndex, modifyIndex }: Entry<unknown>): Row {
    return { key, value, created: createIndex - this.#state.base, revision: modifyIndex - this.#state.base }
  }
}

/** A segment of a key as it was before keys.ts made it safe. */
const unescape = (segment: string): string => segment.replace(/%2F/g, '/').replace(/%25/g, '%')

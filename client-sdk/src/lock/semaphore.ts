// A semaphore: a number of holders at a time. One at a time: lock.ts.

import { nextIndex } from '../api/blocking.js'
import { isRefused, LockConflictError, SemaphoreLimitError } from '../api/errors.js'
import { kvText } from '../api/kv.js'
import { hold } from './held.js'
import { callOptions, contend } from './wait.js'
import { hasFlags, joinKey, SEMAPHORE_FLAGS, SEMAPHORE_KEY } from './wire.js'
import type { KvPair } from '../api/kv.js'
import type { Held, HoldOptions, LockApi } from './held.js'
import type { Attempt } from './wait.js'

export interface SemaphoreOptions extends HoldOptions {
  /** All keys of the semaphore lie below it. */
  readonly prefix: string
  /** How many hold it at once; all contenders have to agree. */
  readonly limit: number
}

/** As it lies at `.lock`. */
interface Slots { readonly Limit: number, readonly Holders: Readonly<Record<string, boolean>> }

/**
 * Takes a slot, however long that takes. The fencing token is that of the holder's own entry: unique, and larger than those of all who came before.
 * @throws LockConflictError when the keys hold something else; SemaphoreLimitError when others go by another limit; AbortedError; what the registry refuses
 */
export const semaphore = async (api: LockApi, options: SemaphoreOptions): Promise<Held> => (await take(api, options, undefined))!

/** The same, for `waitMs` at most (0: one try). @returns undefined when no slot is free */
export const trySemaphore = (api: LockApi, { waitMs, ...options }: SemaphoreOptions & { readonly waitMs: number }): Promise<Held | undefined> => take(api, options, waitMs)

async function take (api: LockApi, options: SemaphoreOptions, waitMs: number | undefined): Promise<Held | undefined> {
  const { prefix, limit, value = '' } = options
  const key = joinKey(prefix, SEMAPHORE_KEY)
  const call = callOptions(options)
  const entry = (session: string): string => joinKey(prefix, session)
  const won = await contend<number>({
    api,
    options,
    behavior: 'delete',
    defaultName: 'Roster semaphore',
    waitMs,
    attempt: async (session, index, wait, signal): Promise<Attempt<number>> => {
      if (index === 0 && !await enter(session.id, signal)) return 'gone'
      const { value: pairs, meta } = await api.kv.list(folder(key), { ...call, index, waitMs: wait, signal })
      const mine = pairs.find(pair => pair.Key === entry(session.id))
      if (mine === undefined) return 'pause'
      const slots = read(pairs, key, limit)
      if (slots.holders.has(session.id)) return { taken: mine.ModifyIndex }
      if (slots.holders.size >= limit) return { index: nextIndex(index, meta.index) }
      const done = await write(slots.at, [...slots.holders, session.id], signal)
      // Another was faster: look again at once, at what it has left.
      return done ? { taken: mine.ModifyIndex } : 'again'
    },
  })
  if (won === undefined) return undefined
  const { taken, session, clock } = won
  return hold({
    key: entry(session.id),
    session,
    clock,
    fencingToken: taken,
    look: async (index, options) => {
      const { value: pairs, meta } = await api.kv.list(folder(key), { ...call, ...options, index, consistent: true })
      return read(pairs, key, limit).holders.has(session.id) ? nextIndex(index, meta.index) : undefined
    },
    giveBack: async () => {
      for (;;) {
        const { value: pairs } = await api.kv.list(folder(key), call)
        const { holders, at } = read(pairs, key, limit)
        if (!holders.delete(session.id) || await write(at, [...holders])) break
      }
      await api.kv.delete(entry(session.id), call)
    },
  })

  /** A contender shows itself; its entry is proof of life for the slot that it may get. */
  async function enter (session: string, signal: AbortSignal): Promise<boolean> {
    try {
      return (await api.kv.put(entry(session), value, { ...call, flags: SEMAPHORE_FLAGS, acquire: session, signal })).value
    } catch (error) {
      if (isRefused(error) && /invalid session/.test(error.body)) return false
      throw error
    }
  }

  async function write (at: number, holders: readonly string[], signal?: AbortSignal): Promise<boolean> {
    const slots: Slots = { Limit: limit, Holders: Object.fromEntries(holders.map(id => [id, true])) }
    return (await api.kv.put(key, JSON.stringify(slots), { ...call, flags: SEMAPHORE_FLAGS, cas: at, ...signal !== undefined && { signal } })).value
  }
}

/** Where the keys of a semaphore lie: of `a/b/.lock` it is `a/b/`. */
const folder = (key: string): string => key.slice(0, -SEMAPHORE_KEY.length)

/** Who holds a slot and is alive, and at which index that was written. */
function read (pairs: readonly KvPair[], key: string, limit: number): { readonly holders: Set<string>, readonly at: number } {
  const pair = pairs.find(p => p.Key === key)
  if (pair === undefined) return { holders: new Set(), at: 0 }
  if (!hasFlags(pair, SEMAPHORE_FLAGS)) throw new LockConflictError(key, 'a semaphore')
  const slots = parse(pair, key, limit)
  if (slots.Limit !== limit) throw new SemaphoreLimitError(key, limit, slots.Limit)
  const alive = new Set(pairs.map(p => p.Session))
  return { holders: new Set(Object.keys(slots.Holders).filter(id => alive.has(id))), at: pair.ModifyIndex }
}

function parse (pair: KvPair, key: string, limit: number): Slots {
  if (pair.Value === null) return { Limit: limit, Holders: {} }
  try {
    const { Limit, Holders } = JSON.parse(kvText(pair)) as Slots
    if (typeof Limit === 'number' && typeof Holders === 'object') return { Limit, Holders: Holders ?? {} }
  } catch {} // told below
  throw new LockConflictError(key, 'a semaphore')
}

// A lock: one holder at a time, for as long as it shows signs of life. Several at a time: semaphore.ts; work that goes with it: leader-election.ts.

import { nextIndex } from '../api/blocking.js'
import { isRefused, LockConflictError } from '../api/errors.js'
import { hold } from './held.js'
import { callOptions, contend } from './wait.js'
import { hasFlags, LOCK_FLAGS } from './wire.js'
import type { KvPair } from '../api/kv.js'
import type { Held, HoldOptions, LockApi } from './held.js'
import type { Attempt } from './wait.js'

export interface LockOptions extends HoldOptions {
  readonly key: string
}

/**
 * Takes the lock, however long that takes.
 *
 * @example
 * const held = await lock(api, { key: 'jobs/nightly' })
 * try { await work(held.signal, held.fencingToken) } finally { await held.release() }
 * @throws LockConflictError when the key holds something else; AbortedError; what the registry refuses
 */
export const lock = async (api: LockApi, options: LockOptions): Promise<Held> => (await take(api, options, undefined))!

/** The same, for `waitMs` at most (0: one try). @returns undefined when another has it */
export const tryLock = (api: LockApi, { waitMs, ...options }: LockOptions & { readonly waitMs: number }): Promise<Held | undefined> => take(api, options, waitMs)

async function take (api: LockApi, options: LockOptions, waitMs: number | undefined): Promise<Held | undefined> {
  const { key, value = '' } = options
  const call = callOptions(options)
  const won = await contend<KvPair>({
    api,
    options,
    behavior: 'release',
    defaultName: 'Roster lock',
    waitMs,
    attempt: async (session, index, wait, signal): Promise<Attempt<KvPair>> => {
      const { value: seen, meta } = await api.kv.get(key, { ...call, index, waitMs: wait, signal })
      if (seen !== undefined && !hasFlags(seen, LOCK_FLAGS)) throw new LockConflictError(key, 'a lock')
      if (seen?.Session === session.id) return { taken: seen }
      if (seen?.Session !== undefined) return { index: nextIndex(index, meta.index) }
      try {
        // Nobody had it a moment ago; a refusal means that somebody was faster, or that a lock-delay runs.
        if (!(await api.kv.put(key, value, { ...call, flags: LOCK_FLAGS, acquire: session.id, signal })).value) {
          const { value: now, meta } = await api.kv.get(key, { ...call, signal })
          return now?.Session === undefined ? 'pause' : { index: nextIndex(0, meta.index) }
        }
      } catch (error) {
        if (isRefused(error) && /invalid session/.test(error.body)) return 'gone'
        throw error
      }
      const { value: mine } = await api.kv.get(key, { ...call, consistent: true, signal })
      return mine?.Session === session.id ? { taken: mine } : 'pause'
    },
  })
  if (won === undefined) return undefined
  const { taken, session, clock } = won
  return hold({
    key,
    session,
    clock,
    // The revision of the holder's own taking, or of a write after it: in any case below that of whoever takes it next.
    fencingToken: taken.ModifyIndex,
    look: async (index, options) => {
      const { value: now, meta } = await api.kv.get(key, { ...call, ...options, index, consistent: true })
      return now?.Session === session.id ? nextIndex(index, meta.index) : undefined
    },
    giveBack: async () => { await api.kv.put(key, value, { ...call, flags: LOCK_FLAGS, release: session.id }) },
  })
}

/** Deletes the key of a lock that nobody holds. @returns false when somebody does @throws LockConflictError when the key holds something else */
export async function destroyLock (api: LockApi, { key, ...options }: Pick<LockOptions, 'key' | 'token' | 'datacenter' | 'signal'>): Promise<boolean> {
  const call = { ...callOptions(options), ...options.signal !== undefined && { signal: options.signal } }
  const { value: seen } = await api.kv.get(key, call)
  if (seen === undefined) return true
  if (!hasFlags(seen, LOCK_FLAGS)) throw new LockConflictError(key, 'a lock')
  return seen.Session === undefined && (await api.kv.delete(key, { ...call, cas: seen.ModifyIndex })).value
}

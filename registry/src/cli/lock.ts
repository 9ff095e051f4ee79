// `roster lock`: runs a command while a lock, or a slot of a semaphore, is held. How they are taken and watched is the client's affair.

import { destroyLock, isAborted, isLockConflict, isRosterClientError, isSemaphoreLimit, joinKey, kvText, lock as takeLock, semaphore, SEMAPHORE_KEY, tryLock, trySemaphore } from '@roster/client'
import { attempt } from './attempt.js'
import { runChild } from './child.js'
import { serverApiFlags } from './common-flags.js'
import { Failure } from './failure.js'
import { flags } from './flags.js'
import { verb } from './verb.js'
import type { Held, HoldOptions, RosterApi } from '@roster/client'
import type { Child, Ending } from './child.js'

/** The command failed, and `-child-exit-code` asked to be told. */
const CHILD_FAILED = 2
/** How long the command may go on once the lock is lost, ms. */
const GRACE_MS = 5000

export const lock = verb({
  usage: 'roster lock [options] prefix child...',
  text: `Takes the lock prefix/.lock, runs a child, and gives the lock back when the child has
ended. With -n above 1 so many may hold it at once. When the lock is lost the child
gets SIGTERM, and SIGKILL 5 s later. CONSUL_LOCK_HELD=true is in its environment,
and ROSTER_FENCING_TOKEN, a number that is larger for each later holder.

    $ roster lock jobs/nightly ./nightly.sh
    $ roster lock -n=3 -timeout=10s jobs/heavy ./heavy.sh`,
  takesCommand: true,
  flags: flags([
    { name: 'child-exit-code', kind: 'bool', default: false, help: 'End with 2 when the command failed. Default: false.' },
    { name: 'monitor-retry', kind: 'int', default: 3, help: 'Taken and not needed: a server that fails is asked again for as long as the session can be alive.' },
    { name: 'n', kind: 'int', default: 1, help: 'How many may hold the lock at once. Default: 1.' },
    { name: 'name', kind: 'string', default: '', help: 'Name of the session. Default: made from the command.' },
    { name: 'pass-stdin', kind: 'bool', default: false, help: 'Give the command our standard input. Default: false.' },
    { name: 'shell', kind: 'bool', default: true, help: 'Run the command by $SHELL, or /bin/sh. Default: true.' },
    { name: 'timeout', kind: 'duration', default: 0, help: 'Longest wait for the lock, such as 10s; 0: for ever. Default: 0.' },
    { name: 'try', kind: 'duration', default: 0, hidden: true, help: 'Old name of -timeout.' },
    { name: 'verbose', kind: 'bool', default: false, help: 'Tell what is done. Default: false.' },
    ...serverApiFlags,
  ]),
  async run ({ values, words: [given, ...command], api, io, say, complain }) {
    const { n: limit, timeout, shell } = values
    if (limit <= 0) throw new Failure('Lock holder limit must be positive')
    if (given === undefined || command.length === 0) throw new Failure('Key prefix and child command must be specified')
    const waitMs = timeout || values.try
    if (waitMs < 0) throw new Failure('Timeout must be positive')
    if (values['monitor-retry'] < 0) throw new Failure("Number for 'monitor-retry' must be >= 0")
    const prefix = given.replace(/^\//, '')
    const tell = (line: string): void => { if (values.verbose) say(line) }
    await attempt('Error querying Consul agent', api().agent.self())
    const ended = new AbortController()
    let child: Child | undefined
    const deaf = io.onSignal(signal => {
      ended.abort()
      child?.kill(signal)
    })
    try {
      tell(limit === 1 ? `Setting up lock at path: ${joinKey(prefix, SEMAPHORE_KEY)}` : `Setting up semaphore (limit ${limit}) at prefix: ${prefix}`)
      tell('Attempting lock acquisition')
      const held = await acquire(api(), prefix, limit, waitMs, { signal: ended.signal, sessionName: values.name || `Consul lock for '${command.join(' ')}' at '${prefix}'` })
      tell('Starting handler')
      child = runChild({ words: command, shell }, {
        io, env: { CONSUL_LOCK_HELD: 'true', ROSTER_FENCING_TOKEN: String(held.fencingToken) }, ...values['pass-stdin'] ? { input: 'inherit' as const } : {},
      })
      const ending = await untilChildOrLoss(child, held, tell)
      if (ending.kind !== 'done') complain(`Error ${ending.kind === 'failed' ? 'running' : 'starting'} handler: ${ending.reason}`)
      await held.release()
      tell(await attempt('Lock cleanup failed', cleanUp(api(), prefix, limit)) ? 'Cleanup succeeded' : 'Cleanup aborted, lock in use')
      return ending.kind !== 'done' && values['child-exit-code'] ? CHILD_FAILED : 0
    } finally {
      deaf()
    }
  },
})

/** @param waitMs 0: for ever @throws Failure */
async function acquire (api: RosterApi, prefix: string, limit: number, waitMs: number, options: HoldOptions): Promise<Held> {
  const bounded = { ...options, waitMs }
  const one = { key: joinKey(prefix, SEMAPHORE_KEY) }
  try {
    const held = limit === 1
      ? waitMs === 0 ? await takeLock(api, { ...options, ...one }) : await tryLock(api, { ...bounded, ...one })
      : waitMs === 0 ? await semaphore(api, { ...options, prefix, limit }) : await trySemaphore(api, { ...bounded, prefix, limit })
    if (held !== undefined) return held
  } catch (error) {
    if (isLockConflict(error)) throw new Failure(`Lock acquisition failed: Existing key does not match ${limit === 1 ? 'lock' : 'semaphore'} use`)
    if (isSemaphoreLimit(error)) throw new Failure(`Lock acquisition failed: semaphore limit conflict (lock: ${error.theirs}, local: ${error.limit})`)
    if (!isAborted(error)) throw isRosterClientError(error) ? new Failure(`Lock acquisition failed: ${error.message}`) : error
  }
  throw new Failure('Shutdown triggered or timeout during lock acquisition')
}

/** The command's end, whatever ended it. */
async function untilChildOrLoss (child: Child, held: Held, tell: (line: string) => void): Promise<Ending> {
  let timer: NodeJS.Timeout | undefined
  const onLoss = (): void => {
    tell('Lock lost, killing child')
    child.kill('SIGTERM')
    timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
  }
  held.signal.addEventListener('abort', onLoss, { once: true })
  if (held.signal.aborted) onLoss()
  const ending = await child.ended
  held.signal.removeEventListener('abort', onLoss)
  clearTimeout(timer)
  if (timer === undefined) tell('Child terminated, releasing lock')
  return ending
}

/** Removes the key if nobody is at it. @returns whether it is gone */
async function cleanUp (api: RosterApi, prefix: string, limit: number): Promise<boolean> {
  const key = joinKey(prefix, SEMAPHORE_KEY)
  if (limit === 1) return await destroyLock(api, { key })
  const { value: pair } = await api.kv.get(key)
  if (pair === undefined) return true
  const { Holders } = JSON.parse(kvText(pair) || '{}') as { readonly Holders?: object }
  return Object.keys(Holders ?? {}).length === 0 && (await api.kv.delete(key, { cas: pair.ModifyIndex })).value
}

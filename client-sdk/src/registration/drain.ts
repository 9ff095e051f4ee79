// Leaving without a failed call: the order of a drain, with a bound for each step. What a step does is passed in; registrar.ts puts it together.

import { isAborted } from '../api/errors.js'

export interface DrainOptions {
  /** Longest wait until those who watch have seen that this process leaves, ms. Default 5,000. */
  readonly acknowledgeMs?: number
  /** The same where the registry cannot tell (a Consul, or it is away), ms. Default 2,000. More for callers that ask seldom, such as over DNS with a long TTL. */
  readonly pauseMs?: number
  /** After that, ms: what was picked just before is still on its way. Default 250. */
  readonly lingerMs?: number
  /** For calls in progress, ms; then they are cut off. Default 10,000. */
  readonly closeMs?: number
  /** For all hooks together, ms. Default 5,000. */
  readonly hooksMs?: number
}

export const DRAIN_DEFAULTS: Required<DrainOptions> = { acknowledgeMs: 5000, pauseMs: 2000, lingerMs: 250, closeMs: 10_000, hooksMs: 5000 }

export interface DrainSteps {
  /** Says "draining". @returns whether the registry has it, and can tell who has seen it */
  readonly announce: () => Promise<boolean>
  /** From now on answers end their connections. */
  readonly farewell: () => void
  /** Resolves with whether everybody has acknowledged it in time. */
  readonly acknowledged: (ms: number) => Promise<boolean>
  readonly pause: (ms: number, signal?: AbortSignal) => Promise<void>
  /** @returns whether nothing was cut off */
  readonly closeServers: (ms: number) => Promise<boolean>
  readonly hooks: ReadonlyArray<() => unknown>
  readonly deregister: () => Promise<void>
  readonly warn: (message: string) => void
}

/**
 * critical → watchers have seen it → the servers are closed → hooks → deregistered. Each step happens, whatever became of the one before. Never rejects.
 *
 * The hooks come after the last call has been answered, because they end what calls need (databases, queues).
 */
export async function drain (steps: DrainSteps, options: DrainOptions = {}): Promise<void> {
  const { acknowledgeMs, pauseMs, lingerMs, closeMs, hooksMs } = { ...DRAIN_DEFAULTS, ...options }
  const { warn, pause } = steps
  const step = async <T>(what: string, act: () => Promise<T>): Promise<T | undefined> => {
    try { return await act() } catch (error) {
      if (!isAborted(error)) warn(`While draining, ${what} failed: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
  const told = await step('telling the registry', steps.announce)
  steps.farewell()
  const seen = told === true ? await step('waiting for the watchers', () => steps.acknowledged(acknowledgeMs)) : undefined
  await pause(seen === undefined ? pauseMs : lingerMs)
  if (await step('closing the server', () => steps.closeServers(closeMs)) === false) warn(`Calls were still in progress ${closeMs} ms after the server was closed, and were cut off`)
  await step('a hook', () => within(hooksMs, steps.hooks, pause, error => warn(`An onDrain hook failed: ${error instanceof Error ? error.message : String(error)}`)))
  await step('deregistering', steps.deregister)
}

/** One after another, in the order in which they were added; what takes longer is left behind. */
async function within (ms: number, hooks: ReadonlyArray<() => unknown>, pause: DrainSteps['pause'], failed: (error: unknown) => void): Promise<void> {
  if (hooks.length === 0) return
  let late = false
  const all = (async () => {
    for (const hook of hooks) {
      if (late) return
      try { await hook() } catch (error) { failed(error) }
    }
  })()
  const enough = new AbortController()
  await Promise.race([all, pause(ms, enough.signal).then(() => { late = true })])
  enough.abort()
}

// What keeps instances registered: one interface, two ways. lease-keeper.ts is Roster's (one lease for all), agent-keeper.ts the one that every Consul knows (a TTL check each).

import { isNoLeader, isOverloaded, isRateLimited, isRefused, isTimeout, isUnreachable } from '../api/errors.js'
import type { CheckStatus } from '../api/health.js'
import type { InstanceSpec } from './register-options.js'

/** What a process says of itself. */
export interface Word {
  readonly status: CheckStatus | 'not-ready' | 'draining'
  readonly output: string
}

/** An instance that is kept. The keeper alone changes `registered`. */
export interface Kept {
  readonly spec: InstanceSpec
  /** `undefined`: not known yet, because the registry could not be reached. */
  address: string | undefined
  word: Word
  /** The registry has it, as far as is known. */
  registered: boolean
}

export interface Keeper {
  /**
   * Registers it, unless it is not ready, and keeps it from now on.
   * @throws when that fails; it is not kept then
   */
  add (instance: Kept): Promise<void>
  /** Says what `word` of these instances is now. A failure is made good by a later beat. @returns index at which watchers see it, where the registry gives one @throws that failure */
  say (instances: readonly Kept[]): Promise<number | undefined>
  /** Takes it out. @throws when the registry cannot be reached; the TTL ends it then */
  remove (instance: Kept): Promise<void>
  /** No more signs of life. What is registered stays until its TTL is over. */
  stop (): void
}

export const PASSING: Word = { status: 'passing', output: '' }

/** For how the registry may be in a moment; all others are for people to mend. */
export const mayPass = (error: unknown): boolean =>
  isUnreachable(error) || isTimeout(error) || isNoLeader(error) || isRateLimited(error) || isOverloaded(error) || (isRefused(error) && error.status >= 500)

/** Longest wait for one answer of the registry, ms: a beat that hangs must not use up the TTL. */
export const answerMs = (ttlMs: number): number => Math.min(10_000, Math.max(500, ttlMs / 3))

/** A check has three states; which kind of critical it is stands at the beginning of the output, where readers look for it (../balance/instance.ts). */
export const outputOf = ({ status, output }: Word): string =>
  status === 'draining' || status === 'not-ready' ? [status === 'draining' ? 'draining' : 'not ready', output].filter(text => text !== '').join(': ') : output

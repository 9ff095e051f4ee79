// The time limit of one run, and what goes with it when it ends: every wait of a run goes through its scope, and every socket and child belongs to it.

import type { CancelTimer, Clock } from '../clock.js'

/** Why a run was cut short: its own limit, or nobody wants to know any more. */
export class RunEnded extends Error {
  constructor (readonly reason: 'timeout' | 'stopped') {
    super(reason === 'timeout' ? 'context deadline exceeded' : 'context canceled')
    this.name = 'RunEnded'
  }
}

export class RunScope {
  readonly #signal: AbortSignal
  readonly #cancelTimer: CancelTimer
  readonly #onAbort = (): void => this.#end('stopped')
  readonly #owned = new Map<object, () => void>()
  readonly #waits = new Set<(error: RunEnded) => void>()
  readonly #endsAt: number
  readonly #clock: Clock
  /** Set once the run was cut short. */
  ended: RunEnded | undefined

  /** @param timeoutMs the run's limit from now */
  constructor (clock: Clock, timeoutMs: number, signal: AbortSignal) {
    this.#clock = clock
    this.#signal = signal
    this.#endsAt = clock.monotonic() + timeoutMs
    this.#cancelTimer = clock.after(timeoutMs, () => this.#end('timeout'))
    signal.addEventListener('abort', this.#onAbort)
    if (signal.aborted) this.#end('stopped')
  }

  get timedOut (): boolean { return this.ended?.reason === 'timeout' }

  /** ms left. */
  get leftMs (): number { return Math.max(this.#endsAt - this.#clock.monotonic(), 0) }

  /** `close` is called when the run is over, however it ends; at once if it is. What was owned last is closed first. */
  own (thing: object, close: () => void): void {
    if (this.ended !== undefined) close()
    else this.#owned.set(thing, close)
  }

  /** Something else that is owned closes it from now on. */
  disown (thing: object): void { this.#owned.delete(thing) }

  /** A promise that rejects with RunEnded should the run end first. */
  async wait<T> (executor: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    if (this.ended !== undefined) throw this.ended
    let stop: ((error: RunEnded) => void) | undefined
    try {
      return await new Promise<T>((resolve, reject) => {
        stop = reject
        this.#waits.add(reject)
        executor(resolve, reject)
      })
    } finally {
      if (stop !== undefined) this.#waits.delete(stop)
    }
  }

  /** Likewise for a promise that is under way already and cannot be ended. */
  of<T> (promise: Promise<T>): Promise<T> {
    return this.wait((resolve, reject) => { promise.then(resolve, reject) })
  }

  /** The run is over: nothing of it is left. Idempotent. */
  close (): void {
    this.#cancelTimer()
    this.#signal.removeEventListener('abort', this.#onAbort)
    const closers = [...this.#owned.values()].reverse()
    this.#owned.clear()
    for (const close of closers) close()
  }

  #end (reason: 'timeout' | 'stopped'): void {
    if (this.ended !== undefined) return
    this.ended = new RunEnded(reason)
    for (const reject of this.#waits) reject(this.ended)
    this.close()
  }
}

/** Runs `run` in a scope of its own, which is closed whatever comes of it. */
export async function inScope<T> (clock: Clock, timeoutMs: number, signal: AbortSignal, run: (scope: RunScope) => Promise<T>): Promise<T> {
  const scope = new RunScope(clock, timeoutMs, signal)
  try {
    return await run(scope)
  } finally {
    scope.close()
  }
}

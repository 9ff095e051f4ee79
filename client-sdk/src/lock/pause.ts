// A pause that can be cut short. Whoever waits for it has nothing else to do: unlike the clock's own timers it keeps the process alive.

import type { Clock } from '../clock.js'

const LONG_MS = 2 ** 30

/** Resolves after `ms`, or at once when the signal is aborted. Never rejects. */
export function pause (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted === true) { resolve(); return }
    const alive = setInterval(() => {}, LONG_MS)
    const done = (): void => {
      clearInterval(alive)
      cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    signal?.addEventListener('abort', done, { once: true })
  })
}

// A pause that can be cut short.

import type { Clock } from '../clock.js'

/** Resolves after `ms`, or at once when the signal is aborted. Never rejects. */
export function pause (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted === true) { resolve(); return }
    const done = (): void => {
      cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    signal?.addEventListener('abort', done, { once: true })
  })
}

// A pause of background work: unlike that of ../lock/pause.ts it keeps no process alive, since nobody waits for it.

import type { Clock } from '../clock.js'

/** Resolves after `ms`, or at once when the signal is aborted. Never rejects. */
export function quietPause (clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) { resolve(); return }
    const done = (): void => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    signal.addEventListener('abort', done, { once: true })
  })
}

// A live list as a loop: `for await (const instances of payments.watch())`.

import type { Instance } from './balance/instance.js'
import { keptAlive } from './discovery/keep-alive.js'
import type { ServiceSource } from './discovery/service-source.js'

/** The present list first, then the newest after each change. Holds one list, never a backlog. @param signals end the loop */
export function watchInstances (source: ServiceSource, ...signals: readonly AbortSignal[]): AsyncIterableIterator<readonly Instance[]> {
  let fresh: readonly Instance[] | undefined
  let over = signals.some(signal => signal.aborted)
  let wake: () => void = () => {}
  const end = (): void => {
    over = true
    unsubscribe()
    for (const signal of signals) signal.removeEventListener('abort', end)
    waiting.abort()
    wake()
  }
  const unsubscribe = source.subscribe(instances => { fresh = instances; wake() })
  const waiting = new AbortController()
  source.ready({ timeout: 2 ** 31 - 1, signal: waiting.signal }).then(() => { fresh ??= source.instances; wake() }, end)
  for (const signal of signals) signal.addEventListener('abort', end, { once: true })
  return {
    async next () {
      while (fresh === undefined && !over) await keptAlive(new Promise<void>(resolve => { wake = resolve }))
      const value = fresh
      fresh = undefined
      return over || value === undefined ? { done: true, value: undefined } : { done: false, value }
    },
    return () {
      end()
      return Promise.resolve({ done: true, value: undefined })
    },
    [Symbol.asyncIterator] () { return this },
  }
}

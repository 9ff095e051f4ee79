// A live list as a loop: `for await (const instances of payments.watch())`.

import type { Instance } from './balance/instance.js'
import { keptAlive } from './discovery/keep-alive.js'
import type { ServiceSource } from './discovery/service-source.js'

/** The present list first, then the newest after each change. Holds one list, never a backlog. */
export function watchInstances (source: ServiceSource, signal: AbortSignal | undefined): AsyncIterableIterator<readonly Instance[]> {
  let fresh: readonly Instance[] | undefined
  let over = signal?.aborted === true
  let wake: () => void = () => {}
  const end = (): void => {
    over = true
    unsubscribe()
    signal?.removeEventListener('abort', end)
    wake()
  }
  const unsubscribe = source.subscribe(instances => { fresh = instances; wake() })
  source.ready({ timeout: 2 ** 31 - 1, ...signal !== undefined && { signal } }).then(() => { fresh ??= source.instances; wake() }, end)
  signal?.addEventListener('abort', end, { once: true })
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

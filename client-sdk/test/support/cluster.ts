// A cluster under a virtual clock: open-loop callers, one balancer, instances that serve as the test says. Single-threaded and seeded, so that the same test is the same run.
import type { Balancer, CallHints } from '../../src/balance/balancer.js'
import type { Instance } from '../../src/balance/instance.js'
import type { Outcome } from '../../src/balance/picked.js'
import type { FakeClock } from './fake-clock.js'

export const instance = (id: string, more: Partial<Instance> = {}): Instance => ({ id, service: 'web', address: '127.0.0.1', port: 1, tags: [], meta: {}, health: 'passing', withdrawn: false, weight: 1, ...more })

/** What an instance does with a call: how long until the outcome, which for a call that is never answered is the caller's patience. */
export type Serves = (now: number, inService: number) => { readonly ms: number, readonly ok: boolean, readonly retryAfterMs?: number }

export interface Ran { readonly share: (id: string) => number, readonly count: (id: string) => number, readonly failed: number, readonly calls: number, readonly p99: number }

/** Sends `perSecond` calls for `ms`, evenly spaced, whatever becomes of them. Failed calls are tried once more elsewhere if `retry`. */
export function drive (balancer: Balancer, clock: FakeClock, serves: (id: string) => Serves, { perSecond, ms, hints = {}, retry = false }: { perSecond: number, ms: number, hints?: CallHints, retry?: boolean }): Ran {
  const counts = new Map<string, number>()
  const inService = new Map<string, number>()
  const times: number[] = []
  let failed = 0
  let calls = 0
  const send = (exclude: ReadonlySet<string>, begun: number) => {
    const picked = balancer.pick({ ...hints, mayProbe: retry, exclude })
    const { id } = picked.instance
    counts.set(id, (counts.get(id) ?? 0) + 1)
    inService.set(id, (inService.get(id) ?? 0) + 1)
    const { ms: took, ...outcome } = serves(id)(clock.monotonic(), inService.get(id)!)
    clock.after(took, () => {
      inService.set(id, inService.get(id)! - 1)
      picked.done(outcome satisfies Outcome)
      if (!outcome.ok && retry && exclude.size === 0) { send(new Set([id]), begun); return }
      if (!outcome.ok) failed++
      times.push(clock.monotonic() - begun)
    })
  }
  const gap = 1000 / perSecond
  for (let sent = 0; sent < ms; sent += gap) {
    calls++
    send(new Set(), clock.monotonic())
    clock.advance(gap)
  }
  clock.advance(60_000)
  times.sort((a, b) => a - b)
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return { share: id => (counts.get(id) ?? 0) / total, count: id => counts.get(id) ?? 0, failed, calls, p99: times[Math.floor(times.length * 0.99)] ?? 0 }
}

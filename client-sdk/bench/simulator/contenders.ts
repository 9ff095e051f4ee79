// The balancers that are compared: ours, as they are shipped, and the rules of others, in our words, since their own code cannot live in virtual time. Sources: undici
// lib/dispatcher/balanced-pool.js (weights by connection errors, smooth weighted round robin by greatest common divisor), grpc-js pick_first and round_robin (failing connections leave the
// rotation and are tried again with backoff; statuses do not matter).

import { Balancer } from '../../dist/balance/balancer.js'
import type { PolicyName } from '../../dist/balance/policies.js'
import { limitMs } from '../../dist/interceptors/attempt-timeout.js'
import { ResponseTimes } from '../../dist/interceptors/response-times.js'
import { RetryBudget } from '../../dist/interceptors/retry-budget.js'
import { DEFAULT_ATTEMPT_TIMEOUT, DEFAULT_RETRY } from '../../dist/policy/policy.js'
import type { VirtualClock } from '../../dist/testing/virtual-clock.js'
import type { Attempt, Contender } from './cluster.js'

export interface ContenderParts {
  readonly clock: VirtualClock
  readonly random: () => number
  /** Whether an instance takes connections. */
  readonly connects: (id: string) => boolean
}

type Make = (parts: ContenderParts) => Contender

/** As shipped: default policy, with its retries and its patience. */
const roster = (policy: PolicyName): Make => ({ clock, random }) => {
  const balancer = new Balancer('web', { policy }, { clock, random })
  const budget = new RetryBudget(DEFAULT_RETRY.budget, clock.monotonic())
  const times = new ResponseTimes()
  return {
    update: ids => balancer.update(ids.map(id => ({ id, service: 'web', address: '127.0.0.1', port: 1, tags: [], meta: {}, health: 'passing', withdrawn: false, weight: 1 }))),
    pick (tried) {
      try {
        const picked = balancer.pick({ exclude: tried, mayProbe: true, key: policy === 'ring_hash' ? String(Math.floor(random() * 1000)) : undefined })
        return { id: picked.instance.id, done: (ok, ms) => picked.done({ ok, ms }), release: () => picked.release() }
      } catch { return undefined }
    },
    again: tried => tried.size < DEFAULT_RETRY.attempts && balancer.hasOther(tried) && budget.take(clock.monotonic()),
    patienceMs: () => limitMs(DEFAULT_ATTEMPT_TIMEOUT, times.p99(clock.monotonic())),
    called: () => budget.call(),
    answered: ms => times.observe(ms, clock.monotonic()),
  }
}

/** Of those who neither send again nor give up before their caller does. */
const plain = (choose: (ids: readonly string[], parts: ContenderParts) => string | undefined, told: (id: string, ok: boolean, parts: ContenderParts) => void = () => {}): Make => parts => {
  let ids: readonly string[] = []
  return {
    update: list => { ids = list },
    pick (): Attempt | undefined {
      const id = choose(ids, parts)
      return id === undefined ? undefined : { id, done: ok => told(id, ok, parts), release: () => {} }
    },
    again: () => false,
    patienceMs: () => Infinity,
  }
}

const roundRobin: Make = parts => {
  let turn = 0
  return plain(ids => ids[turn++ % ids.length])(parts)
}

/** Connections that were refused are out until their backoff is over: 1 s, times 1.6 each time, up to 120 s. */
function connectivity () {
  const out = new Map<string, { until: number, backoffMs: number }>()
  return {
    ready: (ids: readonly string[], { clock, connects }: ContenderParts) => ids.filter(id => {
      const state = out.get(id)
      if (state === undefined) {
        if (connects(id)) return true
        out.set(id, { until: clock.monotonic() + 1000, backoffMs: 1000 })
        return false
      }
      if (clock.monotonic() < state.until) return false
      if (connects(id)) { out.delete(id); return true }
      state.backoffMs = Math.min(120_000, state.backoffMs * 1.6)
      state.until = clock.monotonic() + state.backoffMs
      return false
    }),
  }
}

const grpcRoundRobin: Make = parts => {
  const { ready } = connectivity()
  let turn = 0
  return plain((ids, p) => { const list = ready(ids, p); return list[turn++ % list.length] })(parts)
}

const grpcPickFirst: Make = parts => {
  const { ready } = connectivity()
  return plain((ids, p) => ready(ids, p)[0])(parts)
}

/** Weight 100, less by 15 for each connection error, more by 15 for each connection that stands, from 1 to 100. */
const balancedPool: Make = parts => {
  const weights = new Map<string, number>()
  let index = -1
  let current = 0
  const divisor = (a: number, b: number): number => b === 0 ? a : divisor(b, a % b)
  return plain((ids, { connects }) => {
    for (const id of ids) if (!weights.has(id)) weights.set(id, 100)
    const all = ids.map(id => weights.get(id)!)
    const step = all.reduce(divisor, 0)
    for (let counter = 0; counter++ < ids.length * 101;) {
      index = (index + 1) % ids.length
      if (index === 0 && (current -= step) <= 0) current = Math.max(...all)
      if (weights.get(ids[index]!)! >= current) break
    }
    const id = ids[index]!
    weights.set(id, Math.max(1, Math.min(100, weights.get(id)! + (connects(id) ? 15 : -15))))
    return id
  })(parts)
}

/** In the order of the table. */
export const contenders: ReadonlyArray<{ readonly name: string, readonly make: Make }> = [
  { name: 'roster p2c + peak EWMA (default)', make: roster('p2c') },
  { name: 'roster least request', make: roster('least_request') },
  { name: 'roster weighted round robin', make: roster('round_robin') },
  { name: 'roster ring hash', make: roster('ring_hash') },
  { name: 'roster random', make: roster('random') },
  { name: 'undici BalancedPool (its rule)', make: balancedPool },
  { name: 'round robin', make: roundRobin },
  { name: 'grpc-js round_robin (its rule)', make: grpcRoundRobin },
  { name: 'grpc-js pick_first (its rule)', make: grpcPickFirst },
]

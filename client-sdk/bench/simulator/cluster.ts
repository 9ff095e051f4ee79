// A cluster in virtual time: callers that do not wait for one another, a balancer, instances that serve as a scenario says. Seeded, so that the same scenario is the same run; an hour takes
// seconds, and no machine's speed is in the figures.

import type { VirtualClock } from '../../dist/testing/virtual-clock.js'

/** One instance of a scenario at a moment. `ms`: usual time of an answer; `slots`: calls that it works on at once, others wait. */
export type Serving = { readonly kind: 'well', readonly ms: number, readonly slots: number } | { readonly kind: 'failing' | 'refusing' | 'silent' }

export interface Scenario {
  readonly name: string
  readonly what: string
  readonly perSecond: number
  readonly forMs: number
  /** Instances that are in the list at a moment, and how each of them serves. */
  readonly cluster: (now: number) => ReadonlyMap<string, Serving>
}

/** How an attempt is taken and told to a balancer under comparison. */
export interface Attempt { readonly id: string, done (ok: boolean, ms: number): void, release (): void }
export interface Contender {
  /** The list has changed. */
  update (ids: readonly string[]): void
  /** `undefined`: nobody. @param tried by this call before */
  pick (tried: ReadonlySet<string>): Attempt | undefined
  /** Whether a failed call is sent once more. Asked once a failure. */
  again (tried: ReadonlySet<string>): boolean
  /** How long an attempt may go without an answer, ms. */
  patienceMs (): number
  /** A call begins, or was answered. */
  called? (): void
  answered? (ms: number): void
}

export interface Result { readonly calls: number, readonly ok: number, readonly sends: number, readonly p50: number, readonly p99: number, readonly p999: number }

/** When a caller gives up, ms: what a person waits for a page. */
const GIVE_UP_MS = 10_000
/** How often a scenario is asked what its cluster is like, ms. */
const STEP_MS = 100
/** Until a refusal is heard, ms. */
const REFUSED_MS = 1

interface Server { serving: Serving, busy: number, readonly queue: Array<() => void> }

export function simulate (scenario: Scenario, clock: VirtualClock, random: () => number, contender: Contender): Result {
  const servers = new Map<string, Server>()
  let listed = ''
  const look = () => {
    const cluster = scenario.cluster(clock.monotonic())
    for (const [id, serving] of cluster) {
      const server = servers.get(id)
      if (server === undefined) servers.set(id, { serving, busy: 0, queue: [] })
      else server.serving = serving
    }
    const ids = [...cluster.keys()]
    if (ids.join() === listed) return
    listed = ids.join()
    contender.update(ids)
  }
  const times: number[] = []
  let ok = 0
  let sends = 0
  /** Exponential times, as of work that is now short, now long. */
  const draw = (ms: number) => ms * (0.5 + 0.5 * -Math.log(1 - random()))

  /** @param end `undefined`: never */
  const serve = (id: string, end: (ok: boolean) => void) => {
    const server = servers.get(id)!
    const { serving } = server
    if (serving.kind === 'silent') return
    if (serving.kind !== 'well') { clock.after(serving.kind === 'refusing' ? REFUSED_MS : 2 * REFUSED_MS, () => end(false)); return }
    const work = () => {
      server.busy++
      clock.after(draw(serving.ms), () => {
        server.busy--
        end(true)
        server.queue.shift()?.()
      })
    }
    if (server.busy < serving.slots) work()
    else server.queue.push(work)
  }

  const call = () => {
    const begun = clock.monotonic()
    const tried = new Set<string>()
    let over = false
    const end = (well: boolean) => {
      if (over) return
      over = true
      if (well) ok++
      times.push(clock.monotonic() - begun)
    }
    const cancelGiveUp = clock.after(GIVE_UP_MS, () => end(false))
    contender.called?.()
    const attempt = () => {
      const picked = contender.pick(tried)
      if (picked === undefined) { cancelGiveUp(); end(false); return }
      sends++
      const at = clock.monotonic()
      let settled = false
      const settle = (well: boolean) => {
        if (settled) return
        settled = true
        cancelPatience()
        const ms = clock.monotonic() - at
        picked.done(well, ms)
        if (over) return
        if (well) { contender.answered?.(ms); cancelGiveUp(); end(true); return }
        tried.add(picked.id)
        if (contender.again(tried)) attempt()
        else { cancelGiveUp(); end(false) }
      }
      const cancelPatience = clock.after(Math.min(contender.patienceMs(), GIVE_UP_MS), () => settle(false))
      serve(picked.id, settle)
    }
    attempt()
  }

  look()
  const gap = 1000 / scenario.perSecond
  let calls = 0
  for (let now = 0; now < scenario.forMs; now += STEP_MS) {
    const until = now + STEP_MS
    for (; calls * gap < until; calls++) {
      clock.advance(Math.max(0, calls * gap - clock.monotonic()))
      call()
    }
    clock.advance(until - clock.monotonic())
    look()
  }
  clock.advance(GIVE_UP_MS + 1)
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]!
  return { calls, ok, sends, p50: at(0.5), p99: at(0.99), p999: at(0.999) }
}

// Who is put aside for a while because calls to it fail, and how it comes back: by one call that tries. Never so many that too few are left.
// Knows results, not requests; reasons are consecutive.ts and success-rate.ts. Time is told, nothing runs by itself.

import { Consecutive, DEFAULT_CONSECUTIVE_FAILURES } from './consecutive.js'
import { successRateOutliers } from './success-rate.js'
import type { SuccessRateOptions } from './success-rate.js'

export interface EjectorOptions {
  /** Failures in a row that put an instance aside. Default 5. */
  readonly consecutiveFailures?: number
  /** `false`: do not compare success rates. */
  readonly successRate?: SuccessRateOptions | false
  /** First time aside, ms; doubled with each time in a row. Default 5,000, between linkerd's 1 s and Envoy's 30 s. */
  readonly baseMs?: number
  /** Longest time aside, ms. Default 300,000. */
  readonly maxMs?: number
  /** Largest share of the list that may be aside, 0 to 1; of two instances one always may. Default 0.5. */
  readonly maxShare?: number
}

/**
 * - in         => in | out (reason met, and the floor allows it)
 * - out        => probing (time is up and somebody takes the probe) | in (the floor needs it)
 * - probing    => in (the probe succeeded) | out (it failed: twice as long) | out (it was given up: due at once)
 */
type State =
  | { readonly kind: 'in' }
  | { readonly kind: 'out', readonly until: number, readonly reason: string }
  | { readonly kind: 'probing', readonly since: number, readonly reason: string }

interface Member {
  readonly id: string
  state: State
  /** Times aside in a row. */
  times: number
  /** When it came back last. */
  back: number
  readonly consecutive: Consecutive
  calls: number
  ok: number
}

/** A probe that nobody reported on is lost, ms. */
const PROBE_LOST_MS = 60_000
/** Being well for this long, ms, or as long as the last time aside, forgives one time. */
const FORGIVE_MS = 60_000

export class Ejector {
  readonly #members = new Map<string, Member>()
  /** In the list now; others are remembered while they are aside. */
  #present: readonly Member[] = []
  #nextLook = 0
  /** How many of the list are not in; `undefined`: to be counted. */
  #out: number | undefined
  readonly #options: Required<Omit<EjectorOptions, 'successRate'>> & { readonly successRate: SuccessRateOptions | false }
  /** Grows with each change of who is out, so that whoever prepared a list for choosing knows that it is old. */
  version = 0

  /** @param random for the jitter of times, so that a hundred clients do not try a sick instance at the same moment */
  constructor (options: EjectorOptions = {}, private readonly random: () => number = Math.random) {
    this.#options = {
      consecutiveFailures: options.consecutiveFailures ?? DEFAULT_CONSECUTIVE_FAILURES,
      successRate: options.successRate ?? {},
      baseMs: options.baseMs ?? 5000,
      maxMs: options.maxMs ?? 300_000,
      maxShare: options.maxShare ?? 0.5,
    }
  }

  /** The list has changed. Who comes back while its time is not up is still out; if the floor is broken, those whose time is up first come in. */
  setMembers (ids: readonly string[], now: number): void {
    this.#present = ids.map(id => {
      const known = this.#members.get(id)
      if (known !== undefined) return known
      const member: Member = { id, state: { kind: 'in' }, times: 0, back: now, consecutive: new Consecutive(), calls: 0, ok: 0 }
      this.#members.set(id, member)
      return member
    })
    this.#out = undefined
    const present = new Set(ids)
    for (const [id, { state }] of this.#members) {
      // A member that is gone is worth remembering only while it is aside: then its coming back must not wash it clean.
      if (!present.has(id) && (state.kind === 'in' || (state.kind === 'out' && state.until <= now))) this.#members.delete(id)
    }
    const out = this.#present.filter(member => member.state.kind !== 'in').sort((a, b) => dueAt(a) - dueAt(b))
    for (const member of out.slice(0, Math.max(0, out.length - this.#limit()))) this.#bringIn(member, now)
  }

  isOut (id: string): boolean { return (this.#members.get(id)?.state.kind ?? 'in') !== 'in' }

  /** Why an instance is out, for people; `undefined` when it is in. */
  reason (id: string): { readonly reason: string, readonly until: number | undefined } | undefined {
    const state = this.#members.get(id)?.state
    return state === undefined || state.kind === 'in' ? undefined : { reason: state.reason, until: state.kind === 'out' ? state.until : undefined }
  }

  /** Counted once a change: every call asks. */
  get out (): number { return this.#out ??= this.#present.reduce((count, { state }) => count + (state.kind === 'in' ? 0 : 1), 0) }

  /** An instance whose time is up and that nobody tries yet, taken for a try; at most one call tries an instance at a time. */
  takeProbe (now: number, skip?: (id: string) => boolean): string | undefined {
    const due = this.#present.find(member => member.state.kind !== 'in' && dueAt(member) <= now && skip?.(member.id) !== true)
    if (due === undefined) return undefined
    due.state = { kind: 'probing', since: now, reason: (due.state as { reason: string }).reason }
    return due.id
  }

  /** The result of a call. Results of calls that began before an instance was put aside say nothing new. */
  observe (id: string, ok: boolean, probe: boolean, now: number): void {
    const member = this.#members.get(id)
    if (member === undefined) return
    if (member.state.kind !== 'in') {
      if (!probe || member.state.kind !== 'probing') return
      if (ok) this.#bringIn(member, now)
      else this.#putOut(member, 'the call that tried it failed', now)
      return
    }
    member.calls++
    if (ok) member.ok++
    this.#forgive(member, now)
    const failures = member.consecutive.observe(ok)
    if (failures >= this.#options.consecutiveFailures) this.#eject(member, `${failures} failures in a row`, now)
    this.#look(now)
  }

  /** The probe was given up without a result: somebody else may try at once. */
  releaseProbe (id: string, now: number): void {
    const member = this.#members.get(id)
    if (member?.state.kind === 'probing') member.state = { kind: 'out', until: now, reason: member.state.reason }
  }

  /** The instance itself asked for a pause (Retry-After); bounded like every other time aside. */
  pause (id: string, ms: number, now: number): void {
    const member = this.#members.get(id)
    if (member?.state.kind === 'in' && this.#mayEject()) this.#set(member, { kind: 'out', until: now + Math.min(ms, this.#options.maxMs), reason: 'it asked for a pause' })
  }

  /** Compares success rates, when it is time to. */
  #look (now: number): void {
    const { successRate } = this.#options
    if (successRate === false) return
    if (this.#nextLook === 0) this.#nextLook = now + (successRate.intervalMs ?? 10_000)
    if (now < this.#nextLook) return
    this.#nextLook = now + (successRate.intervalMs ?? 10_000)
    const members = this.#present.filter(({ state }) => state.kind === 'in')
    const outliers = successRateOutliers(members, successRate)
    for (const member of members) {
      if (outliers.includes(member.id)) this.#eject(member, `${Math.round(100 * member.ok / member.calls)} % of its calls succeeded, clearly fewer than of the others`, now)
      member.calls = member.ok = 0
    }
  }

  #eject (member: Member, reason: string, now: number): void {
    if (this.#mayEject()) this.#putOut(member, reason, now)
  }

  #putOut (member: Member, reason: string, now: number): void {
    const { baseMs, maxMs } = this.#options
    const ms = Math.min(maxMs, baseMs * 2 ** member.times)
    member.times++
    // Equal jitter: half of it certain, half of it chance.
    this.#set(member, { kind: 'out', until: now + ms / 2 + this.random() * ms / 2, reason })
  }

  #bringIn (member: Member, now: number): void {
    member.back = now
    this.#set(member, { kind: 'in' })
  }

  #set (member: Member, state: State): void {
    member.state = state
    this.#out = undefined
    member.consecutive.reset()
    member.calls = member.ok = 0
    this.version++
  }

  #forgive (member: Member, now: number): void {
    if (member.times > 0 && now - member.back >= Math.max(FORGIVE_MS, this.#options.baseMs * 2 ** (member.times - 1))) {
      member.times--
      member.back = now
    }
  }

  /** How many of the list may be out: the share, at least one of two or more, never all. */
  #limit (): number {
    const n = this.#present.length
    return Math.min(n - 1, Math.max(1, Math.floor(n * this.#options.maxShare)))
  }

  #mayEject (): boolean { return this.out < this.#limit() }
}

const dueAt = ({ state }: Member): number => state.kind === 'out' ? state.until : state.kind === 'probing' ? state.since + PROBE_LOST_MS : -Infinity

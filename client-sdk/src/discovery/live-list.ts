// What every source is inside: a doubted list (held-list.ts), those who listen to it, those who wait for its first word, and its age. Where the words come from is the source's affair
// (registry-source.ts, dns-source.ts).

import { AbortedError, ClosedError, NotReadyError } from '../api/errors.js'
import type { RosterClientError } from '../api/errors.js'
import type { Instance } from '../balance/instance.js'
import type { CancelTimer, Clock } from '../clock.js'
import { ageMs } from './freshness.js'
import { DEFAULT_HOLD_MS, HeldList } from './held-list.js'
import { keptAlive } from './keep-alive.js'
import type { ReadyOptions, ServiceSnapshot, ServiceSource } from './service-source.js'

export interface LiveListOptions {
  readonly clock: Clock
  /** How long an empty list that may be an accident is held back, ms. Default 30,000; 0: never. */
  readonly holdMs?: number | undefined
  /** How long the last known list is used while the source cannot be reached, ms. Default `Infinity`; whoever would rather fail than call where nobody may be sets it. */
  readonly maxStaleMs?: number | undefined
}

const READY_MS = 5000
const NOBODY: readonly Instance[] = []

interface Waiter { readonly resolve: () => void, readonly reject: (error: RosterClientError) => void }

export class LiveList implements ServiceSource {
  readonly #clock: Clock
  readonly #origin: 'registry' | 'dns'
  readonly #maxStaleMs: number
  readonly #list: HeldList
  readonly #listeners = new Set<{ readonly tell: (instances: readonly Instance[]) => void }>()
  readonly #waiters = new Set<Waiter>()
  #source: ServiceSnapshot['source'] = 'none'
  #complete = false
  #live = false
  #confirmedAt = -Infinity
  #told: readonly Instance[] = NOBODY
  #trouble: RosterClientError | undefined
  /** Too old to be used: nobody is shown it until it is confirmed. */
  #expired = false
  #closed = false
  #cancelHold: CancelTimer = () => {}
  #cancelCap: CancelTimer | undefined

  constructor (readonly name: string, origin: 'registry' | 'dns', { clock, holdMs = DEFAULT_HOLD_MS, maxStaleMs = Infinity }: LiveListOptions) {
    this.#clock = clock
    this.#origin = origin
    this.#maxStaleMs = maxStaleMs
    this.#list = new HeldList(holdMs)
  }

  get instances (): readonly Instance[] { return this.#told }
  /** The last failure since the source was last heard; `undefined`: all is well. */
  get trouble (): RosterClientError | undefined { return this.#trouble }
  get holding (): boolean { return this.#list.holding }
  get closed (): boolean { return this.#closed }

  snapshot (): ServiceSnapshot {
    const live = this.#live && !this.#list.holding
    return { instances: this.#told, index: this.#list.index, ageMs: ageMs({ live, confirmedAt: this.#confirmedAt }, this.#clock.monotonic()), source: this.#expired ? 'none' : this.#source, complete: this.#complete }
  }

  // === told by the source ===

  rows (instances: readonly Instance[], index: number, continued: boolean): void {
    if (this.#closed) return
    const now = this.#clock.monotonic()
    const resumesHold = this.#list.holding && !this.#live
    if (resumesHold) this.#list.renew(now)
    // What is held was last confirmed before this word.
    if (this.#live && !this.#list.holding) this.#confirmedAt = now
    const began = this.#list.state(instances, index, continued, now)
    this.#heard(now)
    if (this.#list.holding && (began || resumesHold)) this.#watchHold()
    this.#complete = true
    this.#source = this.#origin
    this.#tell()
  }

  still (index: number): void {
    if (this.#closed) return
    const now = this.#clock.monotonic()
    const resumesHold = this.#list.holding && !this.#live
    if (resumesHold) this.#list.renew(now)
    this.#heard(now)
    if (resumesHold) this.#watchHold()
    this.#list.still(index, now)
    this.#tell()
  }

  /** Told again and again while it lasts. */
  lost (error: RosterClientError, final = false): void {
    if (this.#closed) return
    const now = this.#clock.monotonic()
    if (this.#live && !this.#list.holding) this.#confirmedAt = now
    this.#live = false
    this.#trouble = error
    // Nobody can confirm anything now: what is held stays, and its time counts anew when the source is back.
    this.#cancelHold()
    if (this.#cancelCap === undefined && this.#source !== 'none' && this.#maxStaleMs !== Infinity) this.#watchCap(now)
    if (final && this.#source === 'none') this.#settle(waiter => waiter.reject(error))
  }

  /** A list from disk, until the source speaks. @param age ms */
  adopt (instances: readonly Instance[], index: number, age: number): void {
    if (this.#closed || this.#source !== 'none') return
    const now = this.#clock.monotonic()
    this.#list.adopt(instances, index)
    this.#source = 'disk'
    this.#confirmedAt = now - age
    if (this.#maxStaleMs !== Infinity) this.#watchCap(now)
    this.#tell()
    this.#settle(waiter => waiter.resolve())
  }

  /** A list from disk that the first word of the source has to be measured by, and that nobody is shown. */
  remember (instances: readonly Instance[], index: number, age: number): void {
    if (this.#source !== 'none') return
    this.#list.adopt(instances, index)
    this.#confirmedAt = this.#clock.monotonic() - age
  }

  #heard (now: number): void {
    this.#live = true
    this.#trouble = undefined
    this.#cancelCap?.()
    this.#cancelCap = undefined
    this.#expired = false
    if (!this.#list.holding) this.#confirmedAt = now
    this.#settle(waiter => waiter.resolve())
  }

  #watchHold (): void {
    this.#cancelHold()
    this.#cancelHold = this.#clock.after(this.#list.holdMs, () => { if (this.#list.release()) this.#tell() })
  }

  #watchCap (now: number): void {
    this.#cancelCap?.()
    this.#cancelCap = this.#clock.after(this.#confirmedAt + this.#maxStaleMs - now, () => {
      this.#expired = true
      this.#tell()
    })
  }

  #tell (): void {
    const instances = this.#expired ? NOBODY : this.#list.instances
    if (instances === this.#told) return
    this.#told = instances
    for (const { tell } of [...this.#listeners]) {
      // Whoever throws has a fault of its own; the others have to know all the same, and the fault shall be seen.
      try { tell(instances) } catch (error) { process.emitWarning(`A listener of "${this.name}" failed: ${error instanceof Error ? error.stack ?? error.message : String(error)}`, 'RosterWarning') }
    }
  }

  // === asked by whoever uses it ===

  subscribe (listener: (instances: readonly Instance[]) => void): () => void {
    const entry = { tell: listener }
    this.#listeners.add(entry)
    return () => { this.#listeners.delete(entry) }
  }

  async ready ({ timeout = READY_MS, signal }: ReadyOptions = {}): Promise<void> {
    if (this.#closed) throw new ClosedError('client')
    if (this.#source !== 'none' && !this.#expired) return
    if (signal?.aborted === true) throw new AbortedError({ cause: signal.reason })
    let cancel: CancelTimer = () => {}
    let abort = () => {}
    let waiter: Waiter | undefined
    try {
      await keptAlive(new Promise<void>((resolve, reject) => {
        this.#waiters.add(waiter = { resolve, reject })
        abort = () => reject(new AbortedError({ cause: signal?.reason }))
        signal?.addEventListener('abort', abort, { once: true })
        cancel = this.#clock.after(timeout, () => reject(this.#notReady(timeout)))
      }))
    } finally {
      cancel()
      signal?.removeEventListener('abort', abort)
      this.#waiters.delete(waiter!)
    }
  }

  #notReady (timeout: number): NotReadyError {
    const who = this.#origin === 'dns' ? 'the name server' : 'the registry'
    const why = this.#trouble === undefined ? `${who} has not answered within ${timeout} ms` : `${who} cannot be asked: ${this.#trouble.message}`
    return new NotReadyError(this.name, this.#origin === 'dns' ? why : `${why}, and no list was kept on disk`, { cause: this.#trouble })
  }

  #settle (how: (waiter: Waiter) => void): void {
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    for (const waiter of waiters) how(waiter)
  }

  close (): void {
    if (this.#closed) return
    this.#closed = true
    this.#cancelHold()
    this.#cancelCap?.()
    this.#listeners.clear()
    this.#settle(waiter => waiter.reject(new ClosedError('client')))
  }
}

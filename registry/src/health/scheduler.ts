// Runs active checks in their rhythm: the first run at a random time within the interval, then one an interval, so that the runs of thousands stay
// spread as chance has spread them. It knows no kinds and no thresholds, only runs. Its sibling deadlines.ts waits for others to come.

import type { Clock } from '../clock.js'
import { MIN_INTERVAL_MS } from './definition.js'
import { DueTimer, type Due } from './due-timer.js'
import type { CheckKind, CheckResult, RunCheck } from './kind.js'
import { failureText } from './net/net-error.js'
import type { Pause, PauseWatch } from './pause.js'
import { SchedulerStats } from './scheduler-stats.js'

export interface Task {
  /** Raised to 1 s, silently. */
  readonly intervalMs: number
  readonly uses: CheckKind['uses']
  readonly run: RunCheck
  /** Gets each result, a failed run's as critical with the failure's text. Never called again once the task was replaced or deleted. Must not throw. */
  readonly report: (result: CheckResult) => void
}

/** Runs that may go on at once. At the bound the next ones wait in the order in which they became due; none is dropped. */
export interface SchedulerLimits {
  /** More: a network that swallows packets holds up fewer other checks; less: fewer sockets. */
  readonly socket: number
  /** Programs at once. More: slow scripts hold up fewer others; less: a smaller burst of load on the machine. */
  readonly process: number
}

export const DEFAULT_SCHEDULER_LIMITS: SchedulerLimits = { socket: 4096, process: 64 }

/** A run that starts so much later than planned, ms, asks whether this process stood still. */
const LATE_MS = 1000

interface Entry extends Due {
  readonly task: Task
  readonly intervalMs: number
  deleted: boolean
  /** Set while a run goes on. */
  abort: AbortController | undefined
  /** This process stood still during the run. */
  paused: boolean
}

export interface SchedulerOptions {
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly pauses: PauseWatch
  readonly limits?: SchedulerLimits
}

export class Scheduler {
  readonly stats = new SchedulerStats()
  readonly #clock: Clock
  readonly #random: () => number
  readonly #pauses: PauseWatch
  readonly #limits: SchedulerLimits
  readonly #entries = new Map<string, Entry>()
  readonly #timer: DueTimer<Entry>
  readonly #waiting = { socket: new Set<Entry>(), process: new Set<Entry>() }
  readonly #running = { socket: new Set<Entry>(), process: new Set<Entry>() }
  readonly #unsubscribe: () => void
  #drained: (() => void) | undefined

  constructor ({ clock, random, pauses, limits = DEFAULT_SCHEDULER_LIMITS }: SchedulerOptions) {
    this.#clock = clock
    this.#random = random
    this.#pauses = pauses
    this.#limits = limits
    this.#timer = new DueTimer({ clock, fire: (entry, now) => this.#due(entry, now) })
    this.#unsubscribe = pauses.onPause(pause => this.#excuse(pause))
  }

  get size (): number { return this.#entries.size }

  /** Takes `id` into the rhythm, in place of what ran under it: that one is cut short and reports no more. */
  set (id: string, task: Task): void {
    this.delete(id)
    const intervalMs = Math.max(task.intervalMs, MIN_INTERVAL_MS)
    const entry: Entry = { task, intervalMs, deleted: false, abort: undefined, paused: false, at: 0, slot: -1 }
    this.#entries.set(id, entry)
    this.#timer.set(entry, this.#clock.monotonic() + this.#random() * intervalMs)
  }

  delete (id: string): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    entry.deleted = true
    this.#timer.delete(entry)
    if (this.#waiting[entry.task.uses].delete(entry)) this.stats.waiting--
    entry.abort?.abort()
  }

  /** Cuts every run short; resolves when none is left. Idempotent. */
  async stop (): Promise<void> {
    this.#unsubscribe()
    for (const id of [...this.#entries.keys()]) this.delete(id)
    this.#timer.stop()
    if (this.stats.running > 0) await new Promise<void>(resolve => { this.#drained = resolve })
  }

  #due (entry: Entry, now: number): void {
    // After a pause this may be the first to notice; its own time is put off like all others'.
    if (now - entry.at > LATE_MS && this.#pauses.check()) entry.at = now
    const { uses } = entry.task
    if (this.#running[uses].size < this.#limits[uses]) return this.#start(entry)
    this.#waiting[uses].add(entry)
    this.stats.waiting++
  }

  #start (entry: Entry): void {
    const abort = new AbortController()
    entry.abort = abort
    entry.paused = false
    this.#running[entry.task.uses].add(entry)
    this.stats.running++
    this.stats.start(this.#clock.monotonic() - entry.at)
    this.#run(entry.task, abort.signal).then(result => this.#done(entry, result), () => this.#done(entry, undefined))
  }

  async #run (task: Task, signal: AbortSignal): Promise<CheckResult | undefined> {
    try {
      return await task.run(signal)
    } catch (error) {
      return { status: 'critical', output: failureText(error) }
    }
  }

  #done (entry: Entry, result: CheckResult | undefined): void {
    const { uses } = entry.task
    entry.abort = undefined
    this.#running[uses].delete(entry)
    this.stats.running--
    if (!entry.deleted) this.#conclude(entry, result)
    const [next] = this.#waiting[uses]
    if (next !== undefined) {
      this.#waiting[uses].delete(next)
      this.stats.waiting--
      this.#start(next)
    }
    if (this.stats.running === 0) this.#drained?.()
  }

  #conclude (entry: Entry, result: CheckResult | undefined): void {
    // The end of a pause may be told by a run that timed out meanwhile, before anyone else has noticed.
    if (result?.status === 'critical') this.#pauses.check()
    const now = this.#clock.monotonic()
    if (entry.paused && result?.status === 'critical') {
      this.stats.excused++
      this.#timer.set(entry, now)
      return
    }
    const next = entry.at + entry.intervalMs
    if (next <= now) this.stats.overran++
    this.#timer.set(entry, next > now ? next : now + entry.intervalMs)
    this.stats.finished++
    if (result !== undefined) entry.task.report(result)
  }

  /** Whoever ran while this process stood still is not believed to be dead; the rest keep their distances, so that they do not all run at once. */
  #excuse ({ missedMs }: Pause): void {
    for (const running of Object.values(this.#running)) for (const entry of running) entry.paused = true
    for (const entry of this.#entries.values()) if (entry.slot === -1) entry.at += missedMs
    this.#timer.reschedule(entry => entry.at + missedMs)
  }
}

// How long one attempt may take: a timer and the caller's signal, as one signal. Written out because on Node 20 `AbortSignal.any([signal, AbortSignal.timeout(ms)])` may lose its
// timeout to the garbage collector: nothing but the combined signal holds on to it.

export class AttemptClock {
  readonly #controller = new AbortController()
  #timer: NodeJS.Timeout | undefined
  readonly #abort = () => this.#controller.abort()
  /** The time was up. */
  rang = false

  /** @param outer the caller's; whoever made the clock calls `stop`, or the signal keeps it alive */
  constructor (public timeoutMs: number, private readonly outer: AbortSignal | undefined) {
    this.restart(timeoutMs)
    outer?.addEventListener('abort', this.#abort, { once: true })
  }

  /** Aborted when the time is up or the caller has had enough; which one, `rang` says. */
  get signal (): AbortSignal { return this.#controller.signal }

  /** Counts anew; undefined: not at all. */
  restart (timeoutMs: number | undefined): void {
    if (timeoutMs !== undefined && timeoutMs === this.timeoutMs && this.#timer !== undefined) { this.#timer.refresh(); return }
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (timeoutMs === undefined) return
    this.timeoutMs = timeoutMs
    this.#timer = setTimeout(() => { this.rang = true; this.#abort() }, timeoutMs)
  }

  stop (): void {
    this.restart(undefined)
    this.outer?.removeEventListener('abort', this.#abort)
  }
}

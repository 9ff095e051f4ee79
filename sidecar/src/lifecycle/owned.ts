// Everything that was begun, to be ended in the opposite order: once, each part whatever became of the others.

export class Owned {
  readonly #ends: Array<readonly [what: string, end: () => unknown]> = []
  #ending: Promise<void> | undefined

  constructor (private readonly onError: (what: string, error: unknown) => void) {}

  add (what: string, end: () => unknown): void { this.#ends.push([what, end]) }

  /** Never rejects. Idempotent. */
  end (): Promise<void> { return this.#ending ??= this.#run() }

  async #run (): Promise<void> {
    for (const [what, end] of this.#ends.reverse()) {
      try { await end() } catch (error) { this.onError(what, error) }
    }
  }
}

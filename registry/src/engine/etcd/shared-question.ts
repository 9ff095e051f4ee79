// A question that many ask at once and that is asked once for all of them: whoever asks while it is under way gets the answer of the next one, since the
// present one may have been answered before.

export class SharedQuestion<T> {
  readonly #ask: () => Promise<T>
  #asked: Promise<T> | undefined
  #next: Promise<T> | undefined

  constructor (ask: () => Promise<T>) { this.#ask = ask }

  /** An answer that was given after this call. Rejects as the question does. */
  ask (): Promise<T> {
    if (this.#asked === undefined) return this.#begin()
    this.#next ??= this.#asked.then(() => {}, () => {}).then(() => {
      this.#next = undefined
      return this.#begin()
    })
    return this.#next
  }

  #begin (): Promise<T> {
    const asked = this.#ask()
    this.#asked = asked
    const done = (): void => { if (this.#asked === asked) this.#asked = undefined }
    asked.then(done, done)
    return asked
  }
}

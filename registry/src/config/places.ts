// Where a setting was written, so that a complaint about its value can say so. Kept beside the settings, not in them.

/** By object and key, `file:line`. Objects keep their identity through decoding; a merge hands places on. */
export class Places {
  readonly #at = new WeakMap<object, Map<string, string>>()

  note (object: object, key: string, at: string): void {
    const known = this.#at.get(object)
    if (known === undefined) this.#at.set(object, new Map([[key, at]]))
    else known.set(key, at)
  }

  /** Undefined where nobody wrote it in a file. */
  of (object: object | undefined, key: string): string | undefined {
    return object && this.#at.get(object)?.get(key)
  }

  /** Of the first key of an object, for complaints about the whole of it. */
  first (object: object): string | undefined {
    return this.#at.get(object)?.values().next().value
  }
}

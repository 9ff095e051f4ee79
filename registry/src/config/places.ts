// Where a setting was written, so that a complaint about its value can say so. Kept beside the settings, not in them.

/** By object and key, `file:line`. Objects keep their identity through decoding; a merge hands places on. */
export class Places {
  readonly #at = new WeakMap<object, Map<string, string | undefined>>()

  note (object: object, key: string, at: string | undefined): void {
    const known = this.#at.get(object)
    if (known === undefined) this.#at.set(object, new Map([[key, at]]))
    else known.set(key, at)
  }

  /** Undefined where nobody wrote it in a file. */
  of (object: object | undefined, key: string): string | undefined {
    return object && this.#at.get(object)?.get(key)
  }

  /** Of an object as a whole. */
  block (object: object): string | undefined {
    return this.of(object, '')
  }

  /** Of the last step of a path that anybody wrote: `ui_config.dir`, else `ui_config`. */
  path (object: object, path: string): string | undefined {
    let at: string | undefined
    let block: unknown = object
    for (const step of path.split('.')) {
      if (typeof block !== 'object' || block === null) break
      at = this.of(block, step) ?? at
      block = (block as Readonly<Record<string, unknown>>)[step]
    }
    return at
  }
}

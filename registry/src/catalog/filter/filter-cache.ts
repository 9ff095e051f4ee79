// Compiled filters, kept for the next request with the same text: pollers ask the same thing again and again. Holds functions, no records.

import { LRUCache } from 'lru-cache'
import { compileFilter, deferFilter } from './filter.js'
import type { Filter, FilterAnswer } from './filter.js'
import { REGEXP_BYTES } from './regexp.js'
import type { Schema } from './schema.js'

/** What a compiled filter weighs for each character of its key, in bytes: 10 to 25 were measured on long rows of comparisons; rounded up for short ones. */
const BYTES_PER_CHARACTER = 64

export interface FilterCacheOptions {
  /** Most filters kept, default 512. More serves more different pollers; each is small. */
  readonly maxEntries?: number
  /** Upper bound of their memory in bytes, default 128 MiB. Only regular expressions weigh: each counts with the most that its engine may come to hold, 8 MiB. */
  readonly maxBytes?: number
}

/** At a bound, the filter that was not asked for longest is forgotten, and compiled again when it comes back. What fails to compile is not kept. */
export class FilterCache {
  readonly #filters: LRUCache<string, Filter>

  constructor ({ maxEntries = 512, maxBytes = 128 * 1024 * 1024 }: FilterCacheOptions = {}) {
    this.#filters = new LRUCache({ max: maxEntries, maxSize: maxBytes })
  }

  /** How many filters are kept now. */
  get size (): number {
    return this.#filters.size
  }

  /** As `compileFilter`, same errors. */
  compile (text: string, schema: Schema, answer: FilterAnswer = 'full'): Filter {
    return this.#keep(`now ${schema.name} ${text}`, text, () => compileFilter(text, schema, answer))
  }

  /** As `deferFilter`, same errors. */
  defer (text: string, schema: Schema): Filter {
    return this.#keep(`late ${schema.name} ${text}`, text, () => deferFilter(text, schema))
  }

  #keep (key: string, text: string, make: () => Filter): Filter {
    const known = this.#filters.get(key)
    if (known !== undefined) return known
    const filter = make()
    this.#filters.set(key, filter, { size: weigh(key, text) })
    return filter
  }
}

function weigh (key: string, text: string): number {
  const regexps = text.match(/\bmatches\b/g)?.length ?? 0
  return key.length * BYTES_PER_CHARACTER + regexps * REGEXP_BYTES
}

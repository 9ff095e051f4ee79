// `?cached` as clients see it. Every read here is answered from memory, so there is no cache to be stale: what is kept is only whether a question
// was asked before, for `X-Cache` and `Age`.

import { LRUCache } from 'lru-cache'
import type { HeaderList, Request } from './route.js'

/** Questions remembered; the least lately asked is forgotten and counts as new. */
const MAX_QUESTIONS = 10_000
/** Longer questions are never remembered, so that memory stays bounded. */
const MAX_KEY_LENGTH = 512
/** Parameters that do not make it another question. */
const NOT_PART: readonly string[] = ['cached', 'stale', 'leader', 'index', 'wait', 'pretty', 'token', 'max_stale']

export class CachedReads {
  readonly #asked = new LRUCache<string, true>({ max: MAX_QUESTIONS })

  headers (request: Request): HeaderList {
    const params = request.query.names.filter(name => !NOT_PART.includes(name)).sort().map(name => `${name}=${request.query.all(name).join('&')}`)
    const key = `${request.path}?${params.join('&')}`
    if (this.#asked.get(key) === true) return ['X-Cache', 'HIT', 'Age', '0']
    if (key.length <= MAX_KEY_LENGTH) this.#asked.set(key, true)
    return ['X-Cache', 'MISS']
  }
}

// Answers kept as bytes for as long as what they tell is true. Two levels: bodies by question (shared by all who wait for the same thing), and whole
// answers by URL, looked up in front of the router.

import { LRUCache } from 'lru-cache'
import type { Request } from './route.js'
import type { Encoded } from './outgoing.js'
import type { State } from '../state/state.js'
import type { RouteStats } from '../telemetry/request-stats.js'

/** Bytes of bodies and of whole answers that are kept; the least lately used go first. */
const MAX_BYTES = 64 * 2 ** 20
/** One answer larger than this is encoded for each reader. */
const MAX_ENTRY_BYTES = 8 * 2 ** 20
/** Longer URLs are not kept: a stranger could fill the cache with them. */
const MAX_URL_LENGTH = 512

/** While this holds, the answer is the same. */
export interface Validity {
  readonly topics: readonly string[]
  /** The index that these topics had when the answer was made. */
  readonly index: number
}

interface Hot extends Validity {
  readonly encoded: Encoded
  readonly stats: RouteStats
}

/** Parameters that change nothing in the body. */
const NOT_IN_BODY: readonly string[] = ['index', 'wait', 'cached', 'stale', 'consistent', 'leader', 'max_stale', 'token', 'hash']

export class HotReads {
  readonly #bodies = new LRUCache<string, Validity & { readonly body: Buffer }>({ maxSize: MAX_BYTES, maxEntrySize: MAX_ENTRY_BYTES, sizeCalculation: e => e.body.length + 512 })
  readonly #answers = new LRUCache<string, Hot>({ maxSize: MAX_BYTES, maxEntrySize: MAX_ENTRY_BYTES, sizeCalculation: e => e.encoded.body.length + 1024 })
  readonly #state: State

  constructor (state: State) {
    this.#state = state
    state.afterReset(() => this.clear())
  }

  /** The body for a question: encoded once for each change of what it depends on. */
  body (request: Request, validity: Validity, encode: () => string): Buffer {
    const key = bodyKey(request)
    if (key === undefined) return Buffer.from(encode())
    const kept = this.#bodies.get(key)
    if (kept !== undefined && kept.index === validity.index && sameTopics(kept.topics, validity.topics)) return kept.body
    const body = Buffer.from(encode())
    this.#bodies.set(key, { ...validity, body })
    return body
  }

  /** A whole answer by URL and by whether the caller takes gzip, if it is still true. */
  find (url: string, gzip: boolean): Hot | undefined {
    const key = answerKey(url, gzip)
    const hot = this.#answers.get(key)
    if (hot === undefined) return undefined
    if (this.#state.index(hot.topics) === hot.index) return hot
    this.#answers.delete(key)
    return undefined
  }

  keep (url: string, gzip: boolean, validity: Validity, encoded: Encoded, stats: RouteStats): void {
    if (url.length <= MAX_URL_LENGTH) this.#answers.set(answerKey(url, gzip), { ...validity, encoded, stats })
  }

  clear (): void {
    this.#bodies.clear()
    this.#answers.clear()
  }
}

const answerKey = (url: string, gzip: boolean): string => gzip ? `gzip ${url}` : url

function bodyKey (request: Request): string | undefined {
  let key = request.path
  for (const name of request.query.names) {
    if (NOT_IN_BODY.includes(name)) continue
    for (const value of request.query.all(name)) key += `\0${name}\0${value}`
  }
  return key.length <= MAX_URL_LENGTH ? key : undefined
}

const sameTopics = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((topic, i) => topic === b[i])

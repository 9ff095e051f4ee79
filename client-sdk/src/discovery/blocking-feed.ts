// Following by blocking queries, where the registry has no watch stream (a Consul, an older server) or its stream no such question: one held request a subject.

import { nextIndex } from '../api/blocking.js'
import { isAborted, isClosed } from '../api/errors.js'
import type { RosterClientError } from '../api/errors.js'
import type { RosterApi } from '../api/index.js'
import type { Clock } from '../clock.js'
import { quietPause } from './quiet-pause.js'
import { backoffMs, spread } from './backoff.js'
import type { Sink } from './feed.js'
import type { Subject } from './subject.js'

/** Wait of one query, ms. More is fewer requests; less finds sooner that the registry died without a word. */
const WAIT_MS = 60_000
/** An answer that came sooner than this and says nothing new did not wait, ms. */
const PROMPT_MS = 100
/** Then the registry is asked at this pace, ms: it cannot hold a query, or something else answers in its place. */
const POLL_MS = 1000

export interface BlockingParts {
  readonly api: Pick<RosterApi, 'health' | 'discoveryChain'>
  readonly clock: Clock
  readonly random: () => number
}

/** Asks until the signal ends it. Never rejects. */
export async function followBlocking<V> ({ ask }: Subject<V>, sink: Sink<V>, signal: AbortSignal, { api, clock, random }: BlockingParts): Promise<void> {
  let index = 0
  for (let failures = 0; !signal.aborted;) {
    const asked = clock.monotonic()
    try {
      const { value, meta } = await ask(api, { index, waitMs: WAIT_MS, signal })
      if (signal.aborted) return
      const next = nextIndex(index, meta.index)
      const news = index === 0 || next !== index
      if (news) sink.rows(value, meta.index ?? 0, index > 0 && next > index)
      else sink.still(index)
      index = next
      failures = 0
      // An index that went back asks at once for the state of the new history; that must not become a rhythm.
      if ((!news || index === 0) && clock.monotonic() - asked < PROMPT_MS) await quietPause(clock, spread(POLL_MS, random), signal)
    } catch (error) {
      if (signal.aborted || isAborted(error) || isClosed(error)) return
      index = 0
      sink.lost(error as RosterClientError)
      await quietPause(clock, backoffMs(failures++, random), signal)
    }
  }
}

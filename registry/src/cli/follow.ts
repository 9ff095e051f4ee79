// Following something that changes, by blocking queries: ask, wait for the next index, ask again, and go on through failures with longer and longer pauses.
// What is asked and what becomes of an answer is the caller's affair.

import { setTimeout as sleep } from 'node:timers/promises'
import { isAborted, isRefused, isRosterClientError, isNoLeader } from '@roster/client/api'
import type { Answer } from '@roster/client/api'

export interface FollowOptions<T> {
  /** One blocking query. `index` is what the last answer had, '0' at first. */
  readonly ask: (index: string, signal: AbortSignal) => Promise<Answer<T>>
  /** The index to wait for after an answer. */
  readonly next: (before: string, answer: Answer<T>) => string
  /** Called for the first answer and for each whose index is another one. `false` ends it. */
  readonly onAnswer: (answer: Answer<T>) => Promise<boolean>
  /** Told of each failure but the first answer's, with the pause that follows, ms. */
  readonly onFailure: (error: Error, pauseMs: number) => void
  readonly signal: AbortSignal
  /** First pause after a failure, ms; the n-th is n² times as long, up to `MAX_PAUSE_MS`. */
  readonly pauseMs?: number
}

const PAUSE_MS = 5000
/** Longest pause, ms: a registry that was away is found again within this. */
const MAX_PAUSE_MS = 180_000

/**
 * Ends when `onAnswer` says so or the signal is aborted.
 * @throws the client's error when the first question is refused: nothing that waiting would mend
 */
export async function follow<T> ({ ask, next, onAnswer, onFailure, signal, pauseMs = PAUSE_MS }: FollowOptions<T>): Promise<void> {
  let index = '0'
  let failures = 0
  let answered = false
  while (!signal.aborted) {
    let answer: Answer<T>
    try {
      answer = await ask(index, signal)
      failures = 0
    } catch (error) {
      if (isAborted(error) || signal.aborted) return
      if (!isRosterClientError(error) || (!answered && isRefused(error) && !isNoLeader(error))) throw error
      failures++
      const pause = Math.min(pauseMs * failures ** 2, MAX_PAUSE_MS)
      onFailure(error, pause)
      await sleep(pause, undefined, { signal }).catch(() => {})
      continue
    }
    const before = index
    index = next(before, answer)
    if (answered && index === before) continue
    answered = true
    if (!await onAnswer(answer)) return
  }
}

// Waits at the start until the registry answers. Whether a start without it is possible is the composition root's decision.

import { setTimeout as pause } from 'node:timers/promises'
import { isRefused } from '@roster/client'
import type { RosterApi } from '@roster/client'

/** For one question, and between two, ms. */
const ASK_MS = 2000
const PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1000

/** @returns `undefined`: it answers; else why not, after `timeoutMs`. Never rejects. */
export async function reachRegistry (api: Pick<RosterApi, 'status'>, timeoutMs: number, signal: AbortSignal): Promise<Error | undefined> {
  const end = performance.now() + timeoutMs
  for (let wait = PAUSE_MS; ; wait = Math.min(LONGEST_PAUSE_MS, wait * 2)) {
    try {
      await api.status.leader({ timeoutMs: ASK_MS, signal })
      return undefined
    } catch (error) {
      // A refusal is an answer.
      if (isRefused(error)) return undefined
      if (signal.aborted || performance.now() >= end) return error as Error
    }
    await pause(Math.min(wait, Math.max(0, end - performance.now())), undefined, { signal }).catch(() => {})
  }
}

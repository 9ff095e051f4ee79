// The start gate: waits until the local service answers, or until that is hopeless. Nobody is sent to it before.

import { setTimeout as pause } from 'node:timers/promises'
import type { Ending } from './child.js'
import type { Finding } from './probe.js'

export interface GateOptions {
  readonly look: () => Promise<Finding>
  /** Resolves when the child has ended; absent: somebody else starts the service. */
  readonly ended?: Promise<Ending>
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export type Opened =
  | { readonly kind: 'open' }
  | { readonly kind: 'child ended', readonly ending: Ending }
  /** @see GateOptions.timeoutMs */
  | { readonly kind: 'late', readonly finding: string }
  | { readonly kind: 'stopped' }

/** Distance of the looks, ms: a service that takes 30 ms to start is not to be kept for 300. */
const FIRST_MS = 10
const LONGEST_MS = 250

/** Never rejects. */
export async function gate ({ look, ended, timeoutMs, signal }: GateOptions): Promise<Opened> {
  const end = performance.now() + timeoutMs
  const over = new AbortController()
  let ending: Ending | undefined
  void ended?.then(found => { ending = found; over.abort() })
  const stop = (): void => over.abort()
  signal.addEventListener('abort', stop, { once: true })
  try {
    for (let wait = FIRST_MS; ; wait = Math.min(LONGEST_MS, wait * 1.5)) {
      if (signal.aborted) return { kind: 'stopped' }
      const finding = await look()
      if (ending !== undefined) return { kind: 'child ended', ending }
      if (signal.aborted) return { kind: 'stopped' }
      if (finding === undefined) return { kind: 'open' }
      if (performance.now() >= end) return { kind: 'late', finding }
      await pause(Math.min(wait, Math.max(0, end - performance.now())), undefined, { signal: over.signal }).catch(() => {})
    }
  } finally { signal.removeEventListener('abort', stop) }
}

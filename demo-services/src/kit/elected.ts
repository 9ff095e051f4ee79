// Work that one of a service's instances does for all of them: who, is decided by the registry's own election. It must do no harm when for a moment two do it, as with every election.

import { setTimeout as pause } from 'node:timers/promises'
import type { Election, RosterClient } from '@roster/client'
import type { FastifyBaseLogger } from 'fastify'
import { textOf } from './errors.js'

export interface ElectedOptions {
  readonly roster: RosterClient
  readonly label: string
  readonly log: FastifyBaseLogger
  /** Name of the work; the key is below `shop/`. */
  readonly work: string
  /** Between two turns, ms. */
  readonly everyMs: number
  readonly turn: (signal: AbortSignal) => Promise<void>
}

export interface Elected {
  begin (): void
  stop (): Promise<void>
}

/** The least that the registry allows: what a dead leader leaves is taken up within two of these. */
const TTL_MS = 10_000

export function elected ({ roster, label, log, work, everyMs, turn }: ElectedOptions): Elected {
  let election: Election | undefined
  return {
    begin () {
      election ??= roster.election({
        key: `shop/${work}`,
        value: label,
        sessionName: `${work} (${label})`,
        ttlMs: TTL_MS,
        lockDelayMs: 0,
        onError: error => log.info(`${work}: standing for election: ${textOf(error)}`),
        lead: async ({ signal }) => {
          while (!signal.aborted) {
            await turn(signal).catch((err: unknown) => { if (!signal.aborted) log.warn({ err }, `${work}: a turn failed`) })
            await pause(everyMs, undefined, { signal }).catch(() => {})
          }
        },
      })
    },
    stop: async () => { await election?.stop() },
  }
}

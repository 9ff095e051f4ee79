// What a service that answers a call hands on to the calls it makes for it: the time that is left, and that somebody before it sends again. Spans travel by OpenTelemetry's own context.

import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../clock.js'
import { systemClock } from '../clock.js'
import { ATTEMPT_HEADER, DEADLINE_HEADER, ownHeaders } from './headers.js'

export interface Inbound {
  /** Until the caller stops waiting, ms; `Infinity` when it did not say. */
  leftMs (): number
  /** To be given to calls made on behalf of this one: `payments.fetch('/', { headers: inbound.headers() })`. */
  headers (): Record<string, string>
}

/** @param headers of the request that came in; time counts from now */
export function inbound (headers: IncomingHttpHeaders, clock: Clock = systemClock): Inbound {
  const { deadlineMs, numbered } = ownHeaders(headers as Record<string, string>, undefined)
  const until = deadlineMs === undefined ? Infinity : clock.monotonic() + deadlineMs
  const leftMs = () => Math.max(0, until - clock.monotonic())
  return {
    leftMs,
    headers: () => ({
      ...until !== Infinity && { [DEADLINE_HEADER]: String(Math.floor(leftMs())) },
      ...numbered && { [ATTEMPT_HEADER]: String(headers[ATTEMPT_HEADER]) },
    }),
  }
}

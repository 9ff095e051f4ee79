// A customer made of HTTP: finds the storefront through the registry, keeps its cookie, and asks for the same thing again under the same id.

import { randomBytes } from 'node:crypto'
import type { RosterClient } from '@roster/client'

export interface Answer { readonly status: number, readonly body: any } // eslint-disable-line @typescript-eslint/no-explicit-any

export interface Customer {
  call (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer>
  /** Of the last call that was sampled. */
  readonly trace: string | undefined
}

export interface CustomerOptions {
  /** Longest that the customer waits, ms. */
  readonly patienceMs?: number
  /** Share of the calls whose traces are kept. A load test that is traced whole measures tracing. */
  readonly sampled?: number
  readonly random?: () => number
}

export function customer (roster: RosterClient, { patienceMs = 15_000, sampled = 0, random = Math.random }: CustomerOptions = {}): Customer {
  const storefront = roster.service('storefront')
  let cookie = ''
  let traced: string | undefined
  return {
    get trace () { return traced },
    async call (method, path, body) {
      const traceId = randomBytes(16).toString('hex')
      const keep = random() < sampled
      if (keep) traced = traceId
      const answer = await storefront.fetch(path, {
        method,
        signal: AbortSignal.timeout(patienceMs),
        headers: {
          traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-0${keep ? 1 : 0}`,
          // Whoever looks at dashboards may leave this out.
          baggage: 'synthetic=true',
          ...cookie !== '' && { cookie },
          ...body !== undefined && { 'content-type': 'application/json' },
        },
        ...body !== undefined && { body: JSON.stringify(body) },
      })
      cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
      const text = await answer.text()
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
    },
  }
}

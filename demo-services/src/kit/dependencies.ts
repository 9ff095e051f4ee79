// What a service needs of others, as data (each service's deps.ts), and calls that go by it. A hard dependency that fails, fails the request; a soft one has a budget and a fallback.
// Addresses are nowhere: the SDK asks the registry.

import type { RosterClient, Service, ServicePolicy } from '@roster/client'
import { ShopError } from './errors.js'
import { scope } from './scope.js'

export interface Dependency {
  readonly kind: 'hard' | 'soft'
  readonly protocol: 'http' | 'grpc' | 'mqtt'
  /** What it is needed for. */
  readonly why: string
  /** Longest that a request waits for it, ms. */
  readonly budgetMs: number
  /** What happens without it, for people. Soft ones have one. */
  readonly fallback?: string
  readonly policy?: ServicePolicy
}

export type Dependencies = Readonly<Record<string, Dependency>>

/** An answer of another service. */
export interface Reply<T> {
  readonly status: number
  readonly body: T
  /** Which instance gave it. */
  readonly servedBy: string
}

export interface CallOptions {
  readonly body?: unknown
  readonly token?: string | undefined
}

/** Calls of one dependency, as JSON. */
export interface Caller {
  readonly service: Service
  /**
   * @returns any answer below 500
   * @throws ShopError NOT_NOW when there is none
   */
  call<T> (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, options?: CallOptions): Promise<Reply<T>>
}

export function caller (roster: RosterClient, name: string, { budgetMs, policy }: Dependency): Caller {
  const service = roster.service(name, { policy: { timeoutMs: budgetMs, ...policy } })
  return {
    service,
    async call<T> (method: string, path: string, { body, token }: CallOptions = {}): Promise<Reply<T>> {
      const answer = await service.fetch(path, {
        method,
        headers: {
          ...scope.getStore()?.headers(),
          ...body !== undefined && { 'content-type': 'application/json' },
          ...token !== undefined && { authorization: `Bearer ${token}` },
        },
        ...body !== undefined && { body: JSON.stringify(body) },
      }).catch((cause: unknown) => { throw new ShopError('NOT_NOW', name, { cause }) })
      if (answer.status >= 500) {
        await answer.body?.cancel()
        throw new ShopError('NOT_NOW', `${name} answered ${answer.status}`)
      }
      const reply = await answer.json().catch((cause: unknown) => { throw new ShopError('NOT_NOW', name, { cause }) })
      return { status: answer.status, body: reply as T, servedBy: answer.headers.get('x-served-by') ?? 'unknown' }
    },
  }
}

/** The same refusal, in this service's name: what an answer said in `{ error }`. */
export function refusalOf ({ status, body }: Reply<unknown>): { code: string, message: string, status: number } | undefined {
  if (status < 400) return undefined
  const error = (body as { error?: { code?: string, message?: string } } | null)?.error
  return { status, code: error?.code ?? 'UNKNOWN', message: error?.message ?? `HTTP ${status}` }
}

/** What came of a soft dependency: its answer, or the fallback and why. */
export type Softly<T> = { readonly value: T, readonly degraded?: string }

/** @param fallback used after any error: a page without a shelf is better than no page */
export async function softly<T> (work: () => Promise<T>, fallback: () => T): Promise<Softly<T>> {
  try { return { value: await work() } } catch (error) { return { value: fallback(), degraded: (error as Error).message } }
}

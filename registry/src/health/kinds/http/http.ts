// HTTP checks: 2xx is passing, 429 warning, anything else and any failure critical. The output is the status line and the tail of the body.
// This file is the run; what is sent is request.ts, where redirects lead redirect.ts, one exchange on the wire exchange.ts.

import type { CheckDefinition } from '../../definition.js'
import type { CheckContext, CheckKind, CheckStatus } from '../../kind.js'
import { failureText } from '../../net/net-error.js'
import { inScope, RunEnded, type RunScope } from '../../run-scope.js'
import { exchange, type Answer } from './exchange.js'
import { redirected } from './redirect.js'
import { firstRequest, requestError, type CheckRequest } from './request.js'

export const http: CheckKind = {
  type: 'http',
  defaultTimeoutMs: 10_000,
  uses: 'socket',
  prepare (definition, ctx) {
    let first: CheckRequest
    try {
      first = firstRequest(definition)
    } catch (error) {
      return () => Promise.reject(error)
    }
    return signal => inScope(ctx.clock, ctx.timeoutMs, signal, async scope => {
      const { status, reason, tail } = await follow(first, definition, ctx, scope)
      return { status: statusOf(status), output: `HTTP ${first.method} ${definition.http}: ${status} ${reason} Output: ${tail}` }
    })
  },
}

const statusOf = (code: number): CheckStatus => code >= 200 && code <= 299 ? 'passing' : code === 429 ? 'warning' : 'critical'

/** The last answer, after redirects. */
async function follow (first: CheckRequest, definition: CheckDefinition, ctx: CheckContext, scope: RunScope): Promise<{ status: number, reason: string, tail: string }> {
  let request = first
  for (let made = 1; ; made++) {
    const answer = await attempt(first, request, definition, ctx, scope)
    const next = definition.disableRedirects ? undefined : redirected(first, request, answer.status, answer.location, made)
    if (next === undefined) return { status: answer.status, reason: answer.reason, tail: await answer.tail() }
    answer.discard()
    request = next
  }
}

async function attempt (first: CheckRequest, request: CheckRequest, definition: CheckDefinition, ctx: CheckContext, scope: RunScope): Promise<Answer> {
  try {
    return await exchange(request, definition, ctx, scope)
  } catch (error) {
    if (error instanceof RunEnded && !scope.timedOut) throw error
    const why = scope.timedOut ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)' : failureText(error)
    throw requestError(first.method, request.url, why, error)
  }
}

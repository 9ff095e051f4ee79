// From a known upstream to what the data plane shall do: the way that config entries choose, what they change about the request, the faults that a policy asks for.

import { rewritten } from '@roster/client'
import type { RequestFacts } from '@roster/client'
import { drawFault, routePolicy } from '@roster/client/calls'
import type { Decision, Forward, Handled } from '../http1/route.js'
import type { LegUpstream } from '../upstreams/leg-upstream.js'
import type { NamedUpstream } from '../upstreams/named-upstream.js'
import type { RequestHead } from '../wire/request-head.js'

export interface ForwardParts {
  /** Uniform in [0, 1), for the share of requests that a fault hits. */
  readonly random: () => number
  /** Answers what the fast path does not speak: requests for instances of HTTP/2. */
  readonly bridge: (forward: Forward, way: LegUpstream) => Handled
}

/** @param host instead of the request's own */
export type MakeForward = (upstream: NamedUpstream, head: RequestHead, host: string | undefined) => Decision

export const makeForward = (parts: ForwardParts): MakeForward => (upstream, head, host) => {
  const way = upstream.way(upstream.service.lanes.only === undefined ? factsOf(head) : NO_FACTS)
  const forward = forwardAlong(way, head.method, head.path, host, parts.random)
  return way.speaks === 'http2' && head.upgrade === undefined && head.method !== 'CONNECT' ? parts.bridge(forward, way) : forward
}

/** The same object for all requests that nothing is particular about. */
export function forwardAlong (way: LegUpstream, method: string, path: string, host: string | undefined, random: () => number): Forward {
  const { rewrite } = way.leg.way
  if (host === undefined && rewrite === undefined && !way.hasFaults) return way.plain
  const policy = way.hasFaults ? routePolicy(way.policy, method, path) : undefined
  const fault = policy === undefined || policy.fault === false ? undefined : drawFault(policy.fault, random)
  return {
    ...way.plain,
    ...host !== undefined && { host },
    ...rewrite !== undefined && { target: rewritten(path, rewrite) },
    ...policy !== undefined && { policy },
    ...fault !== undefined && { fault },
  }
}

const factsOf = (head: RequestHead): RequestFacts => ({ method: head.method, path: head.path, header: name => head.get(name.toLowerCase()) })
/** Where there is one way nobody looks. */
const NO_FACTS: RequestFacts = { method: '', path: '', header: () => undefined }

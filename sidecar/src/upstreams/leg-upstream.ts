// One way to the instances of a service, as the proxies see it: what the chain of config entries says of that way is made ready here once a change, so that a request finds it made.

import type { Balancer, HeaderChanges, Instance, Leg, ServiceSource } from '@roster/client'
import type { ResolvedPolicy, ServiceMemory } from '@roster/client/calls'
import type { Forward, HeaderChange } from '../http1/route.js'
import type { Upstream, UpstreamTls } from '../upstream/upstream.js'

/** How instances are spoken to. */
export type Speaks = 'http' | 'http2'

/** Metadata of an instance that says what it speaks: `http` (or nothing), `http2`, `grpc`, `tcp`. */
export const PROTOCOL_META = 'protocol'
/** Metadata of an instance that speaks TLS: `https`. */
export const SCHEME_META = 'scheme'

export class LegUpstream implements Upstream {
  readonly requestHeaders: readonly HeaderChange[] | undefined
  readonly responseHeaders: readonly HeaderChange[] | undefined
  /** Whether the policy has faults for some of the requests. */
  readonly hasFaults: boolean
  /** What most requests get: nothing is changed but what the way says for all of them. */
  readonly plain: Forward
  #seen: readonly Instance[] | undefined
  #tls: UpstreamTls | undefined
  #speaks: Speaks = 'http'

  /** @param memory what policies remember of those who are called @param trust how instances that speak TLS are verified */
  constructor (readonly name: string, readonly leg: Leg, readonly memory: ServiceMemory, private readonly trust: UpstreamTls) {
    const { requestHeaders, responseHeaders } = leg.way
    this.requestHeaders = requestHeaders && changesOf(requestHeaders)
    this.responseHeaders = responseHeaders && changesOf(responseHeaders)
    this.hasFaults = [leg.policy, ...leg.policy.routes].some(({ policy }) => policy.fault !== false)
    this.plain = { upstream: this, ...this.requestHeaders && { requestHeaders: this.requestHeaders }, ...this.responseHeaders && { responseHeaders: this.responseHeaders } }
  }

  get balancer (): Balancer { return this.leg.balancer }
  get source (): ServiceSource { return this.leg.source }
  get policy (): ResolvedPolicy { return this.leg.policy }
  get tls (): UpstreamTls | undefined { this.#look(); return this.#tls }
  get speaks (): Speaks { this.#look(); return this.#speaks }

  /** Once a change of the list. */
  #look (): void {
    const { instances } = this.leg.source
    if (instances === this.#seen) return
    this.#seen = instances
    // An empty list says nothing of how the next instance will speak.
    if (instances.length === 0) return
    this.#tls = instances.every(({ meta }) => meta[SCHEME_META] === 'https') ? this.trust : undefined
    this.#speaks = instances.every(({ meta }) => meta[PROTOCOL_META] === 'http2' || meta[PROTOCOL_META] === 'grpc') ? 'http2' : 'http'
  }
}

/** What would have to be escaped on the wire is left out: entries come from outside. */
function changesOf ({ set, add }: HeaderChanges): readonly HeaderChange[] {
  const all: HeaderChange[] = [
    ...[...set].map(([name, value]): HeaderChange => ({ name, value: value ?? null })),
    ...add.map(([name, value]): HeaderChange => ({ name, value, how: 'add' })),
  ]
  return all.filter(({ name, value }) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && (value === null || /^[\t\x20-\x7e\x80-\xff]*$/.test(value)) && !FRAMING.has(name.toLowerCase()))
}

/** How a message is framed, and for whom it is, is not an entry's to say. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection', 'upgrade', 'host', 'te', 'trailer'])

// The slow path: requests whose two sides do not both speak HTTP/1.1, as streams. The SDK's own list of policies decides whom and whether; this joins what came in with what goes out, and says
// in the client's language what went wrong.

import { isTimeout } from '@roster/client'
import type { Clock } from '@roster/client'
import { Call, CallRequest, InstancePools, isInstanceFailure, ownHeaders, pipeline, routePolicy } from '@roster/client/calls'
import type { CompleteCallPolicy, Controller, Dispatch, Handler, InstanceRequest } from '@roster/client/calls'
import { connectFailed, EndpointError, refusalOf, reset } from '../http1/failure.js'
import type { HandedExchange } from '../http1/handed.js'
import type { Observer } from '../http1/observer.js'
import type { Forward, Refusal } from '../http1/route.js'
import type { Upstream, UpstreamTls } from '../upstream/upstream.js'
import type { Speaks } from '../upstreams/leg-upstream.js'
import { asTrailers, changed, cookiesJoined, endToEnd, paired } from './fields.js'
import type { Fields } from './fields.js'
import { isGrpc, refusalFields, timeoutMs } from './grpc.js'
import { Http2Pools } from './http2-pools.js'
import type { Receiver } from './http2-pools.js'

export interface BridgeOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly observer: Observer
}

/** One a listener. Owns the connections to endpoints that it makes. */
export class Bridge {
  readonly #exchanges = new WeakMap<Call, HandedExchange>()
  readonly #dispatches = new WeakMap<Upstream, Map<CompleteCallPolicy, Dispatch>>()
  readonly #http2 = new Http2Pools(request => asTrailers(this.#exchanges.get(request.call)?.trailers ?? []))
  /** By what is trusted: that is settled when a pool is made. */
  readonly #http1 = new Map<UpstreamTls | undefined, InstancePools>()

  constructor (private readonly options: BridgeOptions) {}

  /** @param speaks what the endpoints speak */
  handle (exchange: HandedExchange, forward: Forward, speaks: Speaks): void {
    const { upstream } = forward
    const { head } = exchange
    exchange.told({ upstream, attempts: 0 })
    const asked = this.options.observer.began?.(exchange.record)
    const fields = changed(changed(exchange.rawHeaders, forward.requestHeaders), asked)
    const host = forward.host ?? head.host
    const headers: string[] = []
    for (const [name, value] of speaks === 'http' ? cookiesJoined(fields) : fields) if (name.toLowerCase() !== 'host' && name.toLowerCase() !== 'x-roster-deadline') headers.push(name, value)
    headers.push('host', host)
    if (head.framing === 'length') headers.push('content-length', String(head.length))
    if (head.takesTrailers) headers.push('te', 'trailers')
    const policy = forward.policy ?? routePolicy(upstream.policy, head.method, head.path)
    const call = new Call(upstream.name, exchange.record.route, ownOf(exchange, upstream), policy.long, headers, false)
    this.#exchanges.set(call, exchange)
    call.onTaken = ({ instance, reason }) => {
      exchange.told({ instance, why: reason, attempts: call.attempt })
      const changes = this.options.observer.attempt?.(exchange.record)
      if (changes !== undefined) call.added = Object.fromEntries(changes.filter(({ value }) => value !== null).map(({ name, value }) => [name.toLowerCase(), value!]))
    }
    const request = new CallRequest({
      origin: `${upstream.tls === undefined ? 'http' : 'https'}://${host}`,
      path: forward.target ?? head.path,
      method: head.method as 'GET',
      body: head.framing === 'none' ? null : exchange.body,
      headers,
      ...upstream.tls?.servername !== undefined && { servername: upstream.tls.servername },
    }, call)
    this.#dispatch(upstream, policy, speaks)(request, new Answer(exchange, forward, call, this.options.observer))
  }

  /** Answers by itself. */
  refuse (exchange: HandedExchange, refusal: Refusal): void { refuse(exchange, refusal) }

  close (): void {
    this.#http2.close()
    for (const pools of this.#http1.values()) void pools.destroy()
  }

  #dispatch (upstream: Upstream, policy: CompleteCallPolicy, speaks: Speaks): Dispatch {
    let made = this.#dispatches.get(upstream)
    if (made === undefined) this.#dispatches.set(upstream, made = new Map())
    let dispatch = made.get(policy)
    if (dispatch === undefined) {
      // A policy that changed leaves its list behind.
      if (made.size > 100) made.clear()
      const { clock, random } = this.options
      const parts = { source: { ready: () => upstream.source.ready(), snapshot: () => upstream.source.snapshot() as never }, balancer: upstream.balancer, clock, random, host: upstream.name }
      made.set(policy, dispatch = pipeline(policy, parts, upstream.memory, (request, handler) => this.#send(request, handler, upstream.tls, speaks)))
    }
    return dispatch
  }

  #send (request: InstanceRequest, handler: Handler, tls: UpstreamTls | undefined, speaks: Speaks): boolean {
    if (speaks === 'http2') {
      // The policies speak to a pool in undici's older shape, of which these are the parts that are used.
      this.#http2.dispatch(request, handler as unknown as Receiver, tls)
      return true
    }
    let pools = this.#http1.get(tls)
    if (pools === undefined) this.#http1.set(tls, pools = new InstancePools({ connectTimeoutMs: 1000, ...tls !== undefined && { tls: tls as never } }))
    return pools.dispatch(request, handler)
  }
}

function ownOf ({ head, rawHeaders }: HandedExchange, { policy: { service: { hashHeader } } }: Upstream): Call['own'] {
  const own = ownHeaders(rawHeaders.flat(), hashHeader)
  const grpcMs = timeoutMs(head.get('grpc-timeout'))
  return grpcMs === undefined ? own : { ...own, deadlineMs: Math.min(grpcMs, own.deadlineMs ?? Infinity) }
}

/** What comes back, handed on as it comes. */
class Answer implements Handler {
  readonly #gone: () => void
  #controller: Controller | undefined
  #writable: ReturnType<HandedExchange['respond']> | undefined
  #grpcStatus: string | undefined
  #over = false

  constructor (private readonly exchange: HandedExchange, private readonly forward: Forward, private readonly call: Call, private readonly observer: Observer) {
    this.#gone = () => {
      call.givenUp = true
      this.#controller?.abort(new Error('the client has gone'))
    }
    exchange.signal.addEventListener('abort', this.#gone, { once: true })
  }

  onRequestStart (controller: Controller): void {
    this.#controller = controller
    if (this.exchange.signal.aborted) this.#gone()
  }

  onResponseStart (controller: Controller, status: number): void {
    const { exchange, forward, call } = this
    if (this.#over) return
    this.#controller = controller
    const fields = endToEnd(paired((controller.rawHeaders ?? []) as Buffer[]))
    if (status < 200) {
      // What the client did not wait for is ours alone.
      if (status !== 100) exchange.inform(status, fields)
      return
    }
    exchange.told({ attempts: call.attempt })
    this.observer.attempted?.(exchange.record, status, '')
    this.#grpcStatus = fields.find(([name]) => name === 'grpc-status')?.[1]
    const writable = this.#writable = exchange.respond(status, changed(fields, forward.responseHeaders))
    writable.on('drain', () => this.#controller?.resume())
  }

  onResponseData (controller: Controller, chunk: Buffer): void {
    if (this.#over || this.#writable === undefined) return
    if (!this.#writable.write(chunk)) controller.pause()
  }

  onResponseEnd (controller: Controller): void {
    if (this.#over) return
    this.#end()
    const raw = (controller as { rawTrailers?: Array<string | Buffer> | null }).rawTrailers
    const trailers = asTrailers(paired(raw ?? []))
    this.#grpcStatus = trailers.find(([name]) => name === 'grpc-status')?.[1] ?? this.#grpcStatus
    this.exchange.told({ attempts: this.call.attempt, grpcStatus: this.#grpcStatus })
    if (trailers.length > 0) this.#writable?.trailers(trailers)
    this.#writable?.end()
  }

  onResponseError (_controller: Controller, error: Error): void {
    if (this.#over) return
    this.#end()
    const { exchange, call } = this
    const refusal = refusalFor(error, call)
    exchange.told({ attempts: call.taken === undefined ? 0 : call.attempt, reason: refusal.reason })
    if (this.#writable === undefined) this.observer.attempted?.(exchange.record, 0, refusal.reason)
    if (exchange.signal.aborted) return
    if (this.#writable !== undefined) this.#writable.destroy(error)
    else refuse(exchange, refusal)
  }

  #end (): void {
    this.#over = true
    this.exchange.signal.removeEventListener('abort', this.#gone)
  }
}

/** What undici's pools say of a failed connection, in the words of the data plane. */
function refusalFor (error: Error, call: Call): Refusal {
  const known = error instanceof EndpointError || isTimeout(error) || !isInstanceFailure(error)
  return refusalOf(known ? error : call.sent ? reset(error.message, error) : connectFailed(error))
}

function refuse (exchange: HandedExchange, refusal: Refusal): void {
  const { head } = exchange
  // An upload that nobody wants is not waited for.
  exchange.body.resume()
  if (isGrpc(head.get('content-type'))) {
    exchange.told({ reason: refusal.reason, grpcStatus: refusalFields(refusal)[1]![1] })
    exchange.respond(200, refusalFields(refusal)).end()
    return
  }
  exchange.told({ reason: refusal.reason })
  const body = `${refusal.message.replace(/[\r\n]+/g, ' ')}\n`
  const fields: Fields = [['content-type', 'text/plain; charset=utf-8'], ['content-length', String(Buffer.byteLength(body))], ['x-roster-reason', refusal.reason], ...refusal.headers ?? []]
  const writable = exchange.respond(refusal.status, fields)
  if (head.method === 'HEAD') writable.end()
  else writable.end(body)
}

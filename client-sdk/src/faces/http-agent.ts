// For clients that know node:http and nothing newer (axios, got, request): an Agent that sends each request to an instance of the service that its host names, other hosts where they
// always went. It balances and keeps the statistics; sending again, deadlines and the other policies are of the dispatcher's faces, since an Agent sees connections and not calls.

import { errorMonitor } from 'node:events'
import { Agent } from 'node:http'
import type { AgentOptions, ClientRequest, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Leg, Legs } from '../chain/lanes.js'
import { rewritten, withChanges } from '../chain/request-changes.js'
import type { RequestFacts } from '../chain/request-facts.js'
import type { Picked } from '../balance/picked.js'
import { isFailureStatus, isInstanceFailure, retryAfterMs } from '../interceptors/outcome.js'
import { routeOf } from '../interceptors/route.js'
import { serviceOf } from './service-name.js'

/** What the agent needs of a service. */
export interface AgentService {
  readonly lanes: Pick<Legs, 'choose'>
  /** Whether something is known of it, an empty list included. */
  known (): boolean
  ready (): Promise<void>
}

export interface ServiceAgentOptions extends AgentOptions {
  readonly service: (name: string) => AgentService
}

/** Options of a request as Node hands them to an agent. */
interface Target { host?: string, hostname?: string, port?: number | string, servername?: string, protocol?: string }

/** A part of Agent and ClientRequest that has no types: how Node gives a request to its agent, and how an agent gives it up. */
interface RequestTaker { addRequest (request: ClientRequest, options: Target): void }
interface Refusable { onSocket (socket: null, error: Error): void }

export class ServiceAgent extends Agent {
  readonly #service: (name: string) => AgentService

  constructor ({ service, ...options }: ServiceAgentOptions) {
    super({ keepAlive: true, ...options })
    this.#service = service
  }

  /** Called by node:http for each request. */
  addRequest (request: ClientRequest, options: Target): void {
    const port = String(options.port ?? 80)
    // Node fills in its default port; one that was meant is not ours (see service-name.ts).
    const name = port === '80' ? serviceOf(`http://${options.hostname ?? options.host ?? ''}`) : undefined
    if (name === undefined) { this.#add(request, options); return }
    try {
      const service = this.#service(name)
      if (service.known()) { this.#send(request, options, service); return }
      void service.ready().then(() => this.#send(request, options, service)).catch((error: Error) => refuse(request, error))
    } catch (error) { refuse(request, error as Error) }
  }

  #send (request: ClientRequest, options: Target, { lanes }: AgentService): void {
    let picked: Picked
    const route = routeOf(request.method, request.path)
    try {
      const facts = factsOf(request)
      const leg = lanes.choose(facts)
      picked = leg.balancer.pick({ route, key: leg.hashKey?.(facts) })
      change(request, leg)
    } catch (error) { refuse(request, error as Error); return }
    follow(request, picked)
    const { address, port } = picked.instance
    this.#add(request, { ...options, host: address, hostname: address, port })
  }

  #add (request: ClientRequest, options: Target): void { (Agent.prototype as unknown as RequestTaker).addRequest.call(this, request, options) }
}

const factsOf = (request: ClientRequest): RequestFacts => ({
  method: request.method,
  path: request.path,
  header: name => {
    const value = request.getHeader(name)
    return Array.isArray(value) ? value[0] : value === undefined ? undefined : String(value)
  },
})

/** What config entries change about the request, as long as its head has not been written. */
function change (request: ClientRequest, { way: { rewrite, requestHeaders } }: Leg): void {
  if (rewrite !== undefined) request.path = rewritten(request.path, rewrite)
  if (requestHeaders === undefined || request.headersSent) return
  const before = request.getHeaderNames()
  const list = withChanges(before.flatMap(name => [request.getHeader(name)].flat().flatMap(value => [name, String(value)])), requestHeaders)
  for (const name of before) request.removeHeader(name)
  for (let i = 0; i < list.length; i += 2) request.appendHeader(list[i]!, list[i + 1]!)
}

/** Later: whoever made the request has not had the time to listen for errors yet. */
function refuse (request: ClientRequest, error: Error): void { (request as unknown as Refusable).onSocket(null, error) }

/** Tells the statistics how it goes, without a listener that would change how Node treats the request. */
function follow (request: ClientRequest, picked: Picked): void {
  let conversation = false
  let answered = false
  // Whatever else happened has been told before.
  request.once('close', () => { if (!conversation && !answered) picked.release() })
  request.once(errorMonitor, (error: Error) => {
    if (isInstanceFailure(error) && !isOwnDoing(request, error)) picked.done({ ok: false })
    else picked.release()
  })
  request.prependOnceListener('response', (response: IncomingMessage) => {
    answered = true
    const ok = !isFailureStatus(response.statusCode ?? 0)
    const pause = ok ? undefined : retryAfterMs(response.headers['retry-after'], Date.now())
    picked.answering(pause === undefined ? { ok } : { ok, retryAfterMs: pause })
    // A cut answer ends with an error of Node's; one that the caller does not want ends without.
    response.once(errorMonitor, (error: Error) => { if (isInstanceFailure(error)) picked.done({ ok: false }) })
    response.once('close', () => { if (response.complete) picked.done({ ok: true }); else picked.release() })
    // Node throws an answer away when nobody listens for it; so does this listener, when it is the only one.
    if (request.listenerCount('response') === 0) response.resume()
  })
  // Node closes a connection that was upgraded when nobody listens for that, so nobody may seem to.
  request.on('newListener', (event: string | symbol, listener: unknown) => {
    if ((event !== 'upgrade' && event !== 'connect') || listener === upgraded || conversation) return
    conversation = true
    request.prependOnceListener(event, upgraded)
  })
  const upgraded = (_response: IncomingMessage, socket: Duplex) => {
    picked.answering({ ok: true })
    socket.once('close', () => picked.done({ ok: true }))
  }
}

/** Node says "socket hang up" for both ends of the line: the other one has hung up if the socket has read its end. */
const isOwnDoing = (request: ClientRequest, error: Error): boolean => error.message === 'socket hang up' && request.socket?.readableEnded !== true

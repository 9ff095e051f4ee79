// Asking the registry: a call is made ready (call.ts), sent to the server that worked last (failover.ts) over its sockets (connections.ts), and answered or failed there
// (attempt.ts); if that server is gone, the next one is asked. The nouns (agent.ts, catalog.ts, …) say what to ask; nothing here knows an endpoint.

import type { Dispatcher } from 'undici'
import { resolveSettings } from './address.js'
import type { Address, AddressOptions } from './address.js'
import { AttemptClock } from './attempt-clock.js'
import { Attempt } from './attempt.js'
import type { Streamed } from './attempt.js'
import { prepareCall } from './call.js'
import type { Call, CallDefaults, Exchange } from './call.js'
import { Connections } from './connections.js'
import { AbortedError, ClosedError, InvalidOptionError, isNoLeader, isTimeout, isUnreachable, OverloadedError } from './errors.js'
import type { RosterClientError } from './errors.js'
import { Failover } from './failover.js'
import type { Answer } from './meta.js'
import type { AnyOptions, Consistency, Query } from './options.js'

export type { Streamed } from './attempt.js'
export type { Exchange } from './call.js'

export interface TransportOptions extends AddressOptions, Consistency {
  /** Datacenter asked for when a call names none; default the server's own. */
  readonly datacenter?: string
  /** For a call that does not wait, answer included, ms. Default 10,000. */
  readonly timeoutMs?: number
  /** Added to the wait of a blocking query and its jitter, ms: way, queue and work of the server. Default 10,000. */
  readonly slackMs?: number
  /** Until a connection stands, ms. Default 5,000; 1,000 when there are several addresses, since another one may do. */
  readonly connectTimeoutMs?: number
  /** Until a server begins to answer a read while there is another server to ask, ms. Default 1,000. The last one asked has the whole rest of the time. */
  readonly moveOnMs?: number
  /** Connections to one address. Default 1,024. */
  readonly maxConnections?: number
  /** Calls at once, waiting ones included; one more is refused with OverloadedError. Default 10,000. */
  readonly maxInFlight?: number
  /** Longest answer and longest watch message, bytes. Default 64 MiB. */
  readonly maxAnswerBytes?: number
  /** Sent with each request, such as a user agent or what a proxy wants. */
  readonly headers?: Readonly<Record<string, string>>
  /** Parameters of each request, such as a namespace; a call's own count over them. */
  readonly query?: Query
}

const bounds = ['timeoutMs', 'slackMs', 'connectTimeoutMs', 'moveOnMs', 'maxConnections', 'maxInFlight', 'maxAnswerBytes'] as const

export class Transport {
  readonly addresses: readonly Address[]
  readonly token: string | undefined
  readonly #defaults: CallDefaults
  readonly #moveOnMs: number
  readonly #maxInFlight: number
  readonly #maxAnswerBytes: number
  readonly #headers: Readonly<Record<string, string>>
  readonly #auth: string | undefined
  readonly #failover: Failover<Address>
  readonly #connections: Connections
  #inFlight = 0
  #closed = false

  /** @throws InvalidOptionError for an option, address, file or environment variable that cannot be used */
  constructor (options: TransportOptions = {}, env: NodeJS.ProcessEnv = process.env) {
    for (const name of bounds) {
      const value = options[name]
      if (value !== undefined && !(Number.isFinite(value) && value > 0)) throw new InvalidOptionError(`${name} must be a number above 0, not ${value}`)
    }
    const { addresses, token, auth, tls } = resolveSettings(options, env)
    const { datacenter, stale, consistent, maxStaleMs, query, timeoutMs = 10_000, slackMs = 10_000 } = options
    this.addresses = addresses
    this.token = token
    this.#auth = auth
    this.#defaults = { datacenter, stale, consistent, maxStaleMs, query, timeoutMs, slackMs }
    this.#moveOnMs = options.moveOnMs ?? 1000
    this.#maxInFlight = options.maxInFlight ?? 10_000
    this.#maxAnswerBytes = options.maxAnswerBytes ?? 64 * 1024 * 1024
    this.#headers = { 'user-agent': 'roster-client', ...options.headers }
    this.#failover = new Failover(addresses)
    this.#connections = new Connections(tls, {
      connectTimeoutMs: options.connectTimeoutMs ?? (addresses.length > 1 ? 1000 : 5000),
      maxConnections: options.maxConnections ?? 1024,
      maxMessageBytes: this.#maxAnswerBytes,
    })
  }

  /** Calls under way. */
  get inFlight (): number { return this.#inFlight }

  /** The server that is asked first now. */
  get current (): Address { return this.#failover.current }

  /** Asks, and reads the whole answer. @throws one of the classes of errors.ts, never anything else */
  async call<T> (exchange: Exchange<T>, options: AnyOptions = {}): Promise<Answer<T>> {
    return this.#run(prepareCall(exchange, options, this.#defaults, performance.now()), attempt => attempt.whole(exchange.decode))
  }

  /**
   * Asks, and hands over the body as it comes. The head of the answer is bound in time like any call's; the body may take as long as it likes, each pause at most `idleMs`.
   * @param idleMs longest pause within the body, ms; undefined for streams that may be silent for ever
   */
  async stream (exchange: Omit<Exchange<unknown>, 'decode'>, options: AnyOptions = {}, idleMs?: number): Promise<Streamed> {
    return this.#run(prepareCall(exchange, options, this.#defaults, performance.now()), attempt => attempt.streamed(idleMs))
  }

  /** For another protocol on the same sockets' terms (watch.ts): pool and headers to reach `address` with. */
  upgradeTo (address: Address, token?: string): { readonly dispatcher: Dispatcher, readonly headers: Readonly<Record<string, string>> } {
    if (this.#closed) throw new ClosedError()
    return { dispatcher: this.#connections.to(address), headers: this.#identity(address, token) }
  }

  /** The same failover for another protocol: `attempt` is tried on each server in turn while it fails to reach one. */
  async onAnyServer<T> (attempt: (address: Address) => Promise<T>): Promise<T> {
    return this.#failingOver(attempt, () => true, true)
  }

  /** Ends every socket at once; calls under way are rejected with ClosedError. Idempotent. */
  async close (): Promise<void> {
    this.#closed = true
    await this.#connections.destroy(new ClosedError())
  }

  async #run<T> (call: Call, ask: (attempt: Attempt) => Promise<T>): Promise<T> {
    if (this.#closed) throw new ClosedError()
    if (this.#inFlight >= this.#maxInFlight) throw new OverloadedError(this.#maxInFlight)
    if (call.signal?.aborted === true) throw new AbortedError({ cause: call.signal.reason })
    let others = this.addresses.length
    this.#inFlight++
    try {
      return await this.#failingOver(address => {
        others--
        const leftMs = Math.max(1, call.deadline - performance.now())
        // Silence is reason to move on only while there is somewhere to move to, for what may be asked twice, and not for a question that waits on purpose.
        const limitMs = others > 0 && call.repeatable && !call.waits ? Math.min(leftMs, this.#moveOnMs) : leftMs
        return ask(new Attempt(call, address, new AttemptClock(limitMs, call.signal), this.#connections.to(address), this.#identity(address, call.token), this.#maxAnswerBytes))
      }, failure => !call.once && performance.now() < call.deadline && (call.repeatable || isNoLeader(failure) || (isUnreachable(failure) && !failure.sent)), call.repeatable)
    } finally { this.#inFlight-- }
  }

  /**
   * Each server once, beginning with the one that worked last, for as long as the failure is that of a server and `mayGoOn`. With one server alone, a connection that was lost
   * under a repeatable request is tried once more: an idle connection may be closed by the server in the very moment in which it is used again.
   */
  async #failingOver<T> (attempt: (address: Address) => Promise<T>, mayGoOn: (failure: RosterClientError) => boolean, repeatable: boolean): Promise<T> {
    const servers = [...this.#failover.order()]
    const alone = servers.length === 1
    const earlier: RosterClientError[] = []
    for (;;) {
      const address = servers.shift()!
      try { return await attempt(address) } catch (error) {
        const failure = error as RosterClientError
        const serverFailed = isUnreachable(failure) || isTimeout(failure) || isNoLeader(failure)
        if (serverFailed) this.#failover.failed(address)
        if (alone && repeatable && earlier.length === 0 && isUnreachable(failure) && failure.sent) servers.push(address)
        if (servers.length === 0 || !serverFailed || this.#closed || !mayGoOn(failure)) { failure.earlier = earlier; throw failure }
        earlier.push(failure)
      }
    }
  }

  /** Who we are, for every request: token, basic auth of the options or of the URL. */
  #identity (address: Address, token: string | undefined): Record<string, string> {
    const auth = this.#auth ?? address.auth
    const shown = token ?? this.token
    return {
      ...this.#headers,
      ...shown !== undefined && shown !== '' && { 'x-consul-token': shown },
      ...auth !== undefined && { authorization: `Basic ${Buffer.from(auth).toString('base64')}` },
    }
  }
}

// Calls to an etcd cluster over gRPC: one endpoint at a time, the next when it fails or falls silent; a token where user and password are given.
// It repeats nothing: whoever calls knows what may be repeated. Messages are messages.ts's.

import { Client, Metadata, credentials, status } from '@grpc/grpc-js'
import { decodeLease, decodeMembers, decodeRange, decodeStatus, decodeToken, decodeTxn, encodeAuthenticate, encodeLease, encodeLeaseGrant, encodeRange, encodeTxn, NOTHING } from './messages.js'
import type { ChannelCredentials, ClientDuplexStream, ClientUnaryCall, ServiceError } from '@grpc/grpc-js'
import type { Member, RangeRequest, RangeResponse, Status, TxnRequest, TxnResponse } from './messages.js'
import type { Uint64 } from './wire.js'

/** What a failed call means to whoever made it. */
export type EtcdFailure =
  | 'unreachable' // no answer: whether a write took place is not known
  | 'compacted' // what was asked for is not kept any more
  | 'no-space' // the quota is used up
  | 'busy' // refused for now, nothing was written
  | 'denied' // credentials or permissions
  | 'refused' // any other refusal: nothing was written

export class EtcdError extends Error {
  constructor (readonly failure: EtcdFailure, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'EtcdError'
  }
}

export interface TlsFiles { readonly ca?: Buffer, readonly cert?: Buffer, readonly key?: Buffer }

export interface EtcdClientOptions {
  /** `http://host:port` or `https://host:port` each. */
  readonly endpoints: readonly string[]
  readonly tls?: TlsFiles
  readonly user?: { readonly name: string, readonly password: string }
}

/** ms after which a call without an answer is given up, where the caller says nothing. */
export const CALL_TIMEOUT_MS = 3000
/** Largest answer, bytes: a page of the start, or what a watch catches up with in one go. */
const MAX_ANSWER_BYTES = 1024 * 1024 * 1024

const CHANNEL_OPTIONS = {
  'grpc.max_receive_message_length': MAX_ANSWER_BYTES,
  'grpc.max_send_message_length': -1,
  // The reconnects of the library begin at a second and grow to minutes: too slow for a cluster whose members come and go.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  // etcd ends connections that ask more often than every 5 s.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 3000,
  // Otherwise members that share a process' address pool would share connections, and giving one up would hit another.
  'grpc.use_local_subchannel_pool': 1,
}

/** One endpoint's channel and the calls that wait on it. */
interface Endpoint {
  readonly url: string
  client: Client | undefined
  readonly calls: Set<{ cancel: () => void }>
}

export interface CallOptions {
  /** ms; default CALL_TIMEOUT_MS. */
  readonly timeoutMs?: number
  /** A particular endpoint, which is not left when it fails. */
  readonly endpoint?: string
}

export type EtcdStream = ClientDuplexStream<Buffer, Buffer>

export class EtcdClient {
  readonly #options: EtcdClientOptions
  readonly #endpoints: readonly Endpoint[]
  #current = 0
  #token: string | undefined
  #authenticating: Promise<void> | undefined
  #closed = false

  constructor (options: EtcdClientOptions) {
    this.#options = options
    this.#endpoints = options.endpoints.map(url => ({ url, client: undefined, calls: new Set() }))
  }

  /** The endpoint that calls go to. */
  get endpoint (): string { return this.#endpoints[this.#current]!.url }

  get endpoints (): readonly string[] { return this.#options.endpoints }

  // === calls ===

  range (request: RangeRequest, options?: CallOptions): Promise<RangeResponse> { return this.#call('/etcdserverpb.KV/Range', encodeRange(request), decodeRange, options) }

  txn (request: TxnRequest, options?: CallOptions): Promise<TxnResponse> { return this.#call('/etcdserverpb.KV/Txn', encodeTxn(request), decodeTxn, options) }

  leaseGrant (ttlSeconds: number): Promise<{ readonly id: Uint64, readonly ttlSeconds: number }> { return this.#call('/etcdserverpb.Lease/LeaseGrant', encodeLeaseGrant(ttlSeconds), decodeLease) }

  leaseRevoke (id: Uint64): Promise<void> { return this.#call('/etcdserverpb.Lease/LeaseRevoke', encodeLease(id), () => {}) }

  /** One renewal. @returns seconds that are left; 0 when the lease is gone */
  leaseRenew (id: Uint64): Promise<number> {
    return new Promise((resolve, reject) => {
      const stream = this.#open('/etcdserverpb.Lease/LeaseKeepAlive', CALL_TIMEOUT_MS)
      const used = this.#current
      stream.on('data', (answer: Buffer) => {
        resolve(decodeLease(answer).ttlSeconds)
        stream.end()
      })
      stream.on('error', (error: ServiceError) => {
        const failure = failureOf(error)
        if (failure.failure === 'unreachable') this.#leave(used)
        reject(failure)
      })
      stream.on('end', () => reject(new EtcdError('unreachable', 'the renewal of a lease was not answered')))
      stream.write(encodeLease(id))
    })
  }

  status (endpoint?: string): Promise<Status> { return this.#call('/etcdserverpb.Maintenance/Status', NOTHING, decodeStatus, endpoint === undefined ? {} : { endpoint }) }

  members (): Promise<readonly Member[]> { return this.#call('/etcdserverpb.Cluster/MemberList', NOTHING, decodeMembers) }

  /** A watch's stream to the present endpoint. Whoever opened it hears its errors and ends it. */
  async watch (): Promise<{ readonly stream: EtcdStream, readonly endpoint: string }> {
    if (this.#options.user !== undefined && this.#token === undefined) await this.#authenticate()
    return { stream: this.#open('/etcdserverpb.Watch/Watch'), endpoint: this.endpoint }
  }

  /** An endpoint is of no use now: the next one is asked from now on, and whoever waits for it is told that it did not answer. */
  leave (endpoint: string): void {
    const index = this.#endpoints.findIndex(({ url }) => url === endpoint)
    if (index < 0) return
    this.#leave(index)
    for (const call of [...this.#endpoints[index]!.calls]) call.cancel()
  }

  #leave (index: number): void { if (this.#current === index) this.#current = (index + 1) % this.#endpoints.length }

  /** The token was refused: the next call asks for another. */
  forgetToken (): void { this.#token = undefined }

  close (): void {
    this.#closed = true
    for (const { client, calls } of this.#endpoints) {
      for (const call of [...calls]) call.cancel()
      client?.close()
    }
  }

  // === how a call is made ===

  async #call<T> (path: string, request: Buffer, decode: (bytes: Buffer) => T, options: CallOptions = {}): Promise<T> {
    if (this.#options.user === undefined) return await this.#once(path, request, decode, options)
    if (this.#token === undefined) await this.#authenticate()
    try {
      return await this.#once(path, request, decode, options)
    } catch (error) {
      if (!(error instanceof EtcdError) || error.failure !== 'denied' || !/invalid auth token|revision in header is old/.test(error.message)) throw error
      // Tokens live for minutes, and die with the member that gave them.
      this.#token = undefined
      await this.#authenticate()
      return await this.#once(path, request, decode, options)
    }
  }

  #authenticate (): Promise<void> {
    const { name, password } = this.#options.user!
    this.#authenticating ??= this.#once('/etcdserverpb.Auth/Authenticate', encodeAuthenticate(name, password), decodeToken, {}).then(token => { this.#token = token }, error => {
      // User and password were given for a store that asks for none yet.
      if (error instanceof EtcdError && /authentication is not enabled/.test(error.message)) this.#token = ''
      else throw error
    }).finally(() => { this.#authenticating = undefined })
    return this.#authenticating
  }

  #once<T> (path: string, request: Buffer, decode: (bytes: Buffer) => T, { timeoutMs = CALL_TIMEOUT_MS, endpoint }: CallOptions): Promise<T> {
    const index = endpoint === undefined ? this.#current : this.#endpoints.findIndex(({ url }) => url === endpoint)
    const at = this.#endpoints[index]!
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) return reject(new EtcdError('unreachable', 'the client is closed'))
      const entry = { cancel: () => held.cancel() }
      const held: ClientUnaryCall = this.#clientOf(at).makeUnaryRequest(path, same, same, request, this.#metadata(), { deadline: Date.now() + timeoutMs }, (error, answer) => {
        at.calls.delete(entry)
        if (error === null) {
          try {
            return resolve(decode(answer!))
          } catch (cause) {
            return reject(new EtcdError('refused', `etcd at ${at.url} gave an answer that is none`, { cause }))
          }
        }
        const failure = failureOf(error, at.url)
        if (failure.failure === 'unreachable' && endpoint === undefined) this.#leave(index)
        reject(failure)
      })
      at.calls.add(entry)
    })
  }

  #open (path: string, timeoutMs?: number): EtcdStream {
    const options = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs }
    return this.#clientOf(this.#endpoints[this.#current]!).makeBidiStreamRequest(path, same, same, this.#metadata(), options)
  }

  #metadata (): Metadata {
    const metadata = new Metadata()
    // A member that has lost its leader then says so instead of falling silent.
    metadata.set('hasleader', 'true')
    if (this.#token !== undefined && this.#token !== '') metadata.set('token', this.#token)
    return metadata
  }

  #clientOf (endpoint: Endpoint): Client {
    const { protocol, host } = new URL(endpoint.url)
    endpoint.client ??= new Client(host, this.#credentials(protocol === 'https:'), CHANNEL_OPTIONS)
    return endpoint.client
  }

  #credentials (secure: boolean): ChannelCredentials {
    const { ca = null, key = null, cert = null } = this.#options.tls ?? {}
    return secure ? credentials.createSsl(ca, key, cert) : credentials.createInsecure()
  }
}

const same = (bytes: Buffer): Buffer => bytes

function failureOf (error: ServiceError, url?: string): EtcdError {
  const details = error.details
  const message = url === undefined ? details : `etcd at ${url}: ${details}`
  return new EtcdError(kindOf(error.code, details), message, { cause: error })
}

function kindOf (code: status, details: string): EtcdFailure {
  switch (code) {
    case status.OUT_OF_RANGE: return /compacted/.test(details) ? 'compacted' : 'refused'
    case status.RESOURCE_EXHAUSTED: return /space exceeded/.test(details) ? 'no-space' : 'busy'
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED: return 'denied'
    case status.INVALID_ARGUMENT: return /auth|user name|permission/.test(details) ? 'denied' : 'refused'
    case status.FAILED_PRECONDITION: return 'refused'
    case status.UNIMPLEMENTED: return 'refused'
    default: return 'unreachable'
  }
}

// The servers that a local agent may ask, one of which it does: requests over kept connections. Who is asked next after a failure is decided here; when,
// is local-agent.ts' affair.

import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { shownUrl } from './server-url.js'
import type { IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http'
import type { Clock } from '../clock.js'

/** ms for a connection to come about: a host that is gone without a word must not keep the agent from the next. */
const CONNECT_MS = 1000
/** ms without a byte from the server, unless the request says otherwise. */
const SILENCE_MS = 10_000

/** The server could not be asked, or broke off: nothing is known of what it has done if the request was on its way. */
export class UnreachableError extends Error {
  /** @param sent the request may have reached the server */
  constructor (message: string, readonly sent: boolean, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'UnreachableError'
  }
}

export interface UpstreamRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: Buffer
  /** A body that is not held in memory; it is sent once. */
  readonly stream?: NodeJS.ReadableStream
  /** ms without a byte; 0: however long. */
  readonly silenceMs?: number
  readonly signal?: AbortSignal
}

export interface TlsFiles {
  /** PEM; undefined: the system's roots. */
  readonly ca: Buffer | undefined
  readonly cert: Buffer | undefined
  readonly key: Buffer | undefined
}

export interface UpstreamOptions {
  readonly servers: readonly URL[]
  readonly clock: Clock
  readonly tls: TlsFiles
}

export class Upstream {
  readonly #options: UpstreamOptions
  readonly #servers: URL[]
  readonly #plain = new HttpAgent({ keepAlive: true })
  #tls: Promise<{ readonly request: typeof httpRequest, readonly agent: HttpAgent }> | undefined
  #at = 0
  /** Where the last connection came from: the address by which the server sees this host. */
  localAddress: string | undefined

  constructor (options: UpstreamOptions) {
    this.#options = options
    this.#servers = [...options.servers]
  }

  get servers (): readonly URL[] { return this.#servers }

  /** The server that is asked now. */
  get current (): URL | undefined { return this.#servers[this.#at] }

  /** One more server, and the one to be asked first from now on. */
  add (server: URL): void {
    const known = this.#servers.findIndex(one => one.href === server.href)
    this.#at = known < 0 ? this.#servers.push(server) - 1 : known
  }

  /** The current one has failed. Gives whether all have been tried since the first. */
  next (): boolean {
    this.#at = this.#servers.length === 0 ? 0 : (this.#at + 1) % this.#servers.length
    return this.#at === 0
  }

  /**
   * Asks a server, the current one unless it is named; resolves with the head of its answer.
   * @throws UnreachableError
   */
  async ask (asked: UpstreamRequest, server = this.current): Promise<IncomingMessage> {
    if (server === undefined) throw new UnreachableError('there is no server to ask', false)
    const { request, agent } = server.protocol === 'https:' ? await this.#overTls() : { request: httpRequest, agent: this.#plain }
    const { clock } = this.#options
    const { method, path, body, stream, silenceMs = SILENCE_MS, signal } = asked
    return await new Promise<IncomingMessage>((resolve, reject) => {
      let sent = false
      const outgoing = request({
        agent,
        host: server.hostname.replace(/^\[|\]$/g, ''),
        port: server.port || (server.protocol === 'https:' ? 443 : 80),
        method,
        path,
        headers: { ...asked.headers, host: server.host, ...(body === undefined ? {} : { 'content-length': body.length }) },
        ...(signal === undefined ? {} : { signal }),
      } satisfies RequestOptions)
      const fail = (cause: Error): void => {
        clear()
        // A connection that was kept may have been closed just now; what only reads may be asked again.
        reject(new UnreachableError(`${shownUrl(server)}: ${reasonOf(cause)}`, sent && !(outgoing.reusedSocket && method === 'GET'), { cause }))
      }
      const clear = clock.after(CONNECT_MS, () => { if (!sent) outgoing.destroy(new Error('i/o timeout')) })
      outgoing.on('socket', socket => {
        const connected = (): void => {
          sent = true
          clear()
          this.localAddress = socket.localAddress
        }
        // A connection that was kept is one already.
        if (socket.connecting) socket.once(server.protocol === 'https:' ? 'secureConnect' : 'connect', connected)
        else connected()
      })
      if (silenceMs > 0) outgoing.setTimeout(silenceMs, () => outgoing.destroy(new Error('i/o timeout')))
      outgoing.once('error', fail)
      outgoing.once('response', response => {
        outgoing.off('error', fail)
        outgoing.on('error', () => {}) // told by the response
        resolve(response)
      })
      if (stream !== undefined) stream.pipe(outgoing)
      else outgoing.end(body)
    })
  }

  /** The whole answer as text. @throws UnreachableError, also when it breaks off */
  async text (asked: UpstreamRequest, server?: URL): Promise<{ readonly status: number, readonly text: string }> {
    const response = await this.ask(asked, server)
    try {
      const parts: Buffer[] = []
      for await (const part of response) parts.push(part as Buffer)
      return { status: response.statusCode!, text: Buffer.concat(parts).toString() }
    } catch (cause) {
      throw new UnreachableError(reasonOf(cause as Error), true, { cause })
    }
  }

  /** Closes what is kept open. Idempotent. */
  async close (): Promise<void> {
    this.#plain.destroy()
    const tls = this.#tls === undefined ? undefined : await this.#tls.catch(() => undefined)
    tls?.agent.destroy()
  }

  #overTls (): Promise<{ readonly request: typeof httpRequest, readonly agent: HttpAgent }> {
    return this.#tls ??= import('node:https').then(({ Agent, request }) => {
      const { ca, cert, key } = this.#options.tls
      return { request: request as typeof httpRequest, agent: new Agent({ keepAlive: true, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }) }
    })
  }
}

/** Node's words for several addresses that all failed are none. */
const reasonOf = (error: Error): string => {
  const { code, message } = error as NodeJS.ErrnoException
  return message !== '' ? message : code ?? error.name
}

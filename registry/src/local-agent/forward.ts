// Requests that the server has to answer: handed on with their bodies, answered with its answers, word for word. A change is only answered when this agent's
// own view has it, so that whoever made it reads it here at once.

import { errors } from '../errors.js'
import { AGENT_HEADER, CALLER_HEADER, REVISION_HEADER } from '../http/on-behalf.js'
import { isLoopback } from '../http/client-limits.js'
import { taken } from '../http/route.js'
import { UnreachableError } from './upstream.js'
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { Handler, HeaderList, Reply, Request } from '../http/route.js'
import type { Roster } from '../roster.js'
import type { Upstream } from './upstream.js'

/** ms that an answer waits for the view to follow. */
const FOLLOW_MS = 2000
const RETRY_MS = 100
/** Bytes of a body that is held in memory, so that it can be sent to another server when the first is not there. The servers have bounds of their own. */
const MAX_BODY_BYTES = 8 * 2 ** 20
/** Requests on their way at once; more get 429. */
const MAX_UNDER_WAY = 10_000
/** Bodies too large to be held. */
const STREAMED: readonly string[] = ['/v1/snapshot']

/** Hop by hop (RFC 9110 section 7.6.1), or of this door and not of the next. */
const NOT_HANDED_ON = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host', 'content-length', 'expect', 'origin', 'referer', 'sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest', 'accept-encoding', AGENT_HEADER, CALLER_HEADER])
const NOT_HANDED_BACK = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date', REVISION_HEADER.toLowerCase()])
/** This door's own to say, where the answer goes through it. */
const OF_THIS_DOOR = new Set(['content-length', 'vary', 'x-consul-default-acl-policy', 'x-consul-translate-addresses'])

export interface ForwarderStats {
  forwarded: number
  /** Answered `No cluster leader`, because no server was in reach. */
  failed: number
}

export class Forwarder {
  readonly #upstream: Upstream
  readonly #attached: () => boolean
  #underWay = 0
  readonly stats: ForwarderStats = { forwarded: 0, failed: 0 }

  /** @param attached whether there is a server as far as is known: while there is none, a request waits for one only a moment */
  constructor (upstream: Upstream, attached: () => boolean) {
    this.#upstream = upstream
    this.#attached = attached
  }

  readonly handler: Handler = async (request, roster) => {
    if (this.#underWay >= MAX_UNDER_WAY) throw errors.TOO_MANY_READERS()
    this.#underWay++
    try {
      return await this.#forward(request, roster)
    } finally {
      this.#underWay--
    }
  }

  async #forward (request: Request, roster: Roster): Promise<Reply | typeof taken> {
    const streamed = STREAMED.includes(request.path)
    const body = streamed || request.method === 'GET' ? undefined : await request.body(MAX_BODY_BYTES)
    const response = await this.#ask(request, roster, body, streamed && request.method === 'PUT')
    this.stats.forwarded++
    const revision = Number(response.headers[REVISION_HEADER.toLowerCase()] ?? 0)
    if (revision > 0) await roster.state.reach(revision, FOLLOW_MS, roster.clock, request.signal)
    if (streamed) return await passOn(request, response, headersBack(response, () => true))
    const { responseHeaders } = roster.config.http
    const own = new Set([...OF_THIS_DOOR, ...Object.keys(responseHeaders).map(name => name.toLowerCase())])
    return { status: response.statusCode!, headers: headersBack(response, name => !own.has(name)), body: await bodyOf(response) }
  }

  /** Asks until a server answers or the time is over. What may have reached one is not sent again. */
  async #ask (request: Request, roster: Roster, body: Buffer | undefined, upload: boolean): Promise<IncomingMessage> {
    const { clock } = roster
    const end = clock.monotonic() + roster.config.query.holdMs
    for (;;) {
      try {
        return await this.#upstream.ask({
          method: request.method,
          path: request.raw.request.url!.replace(/^https?:\/\/[^/?#]*/i, ''),
          headers: headersOn(request, roster),
          silenceMs: silenceMs(request, roster),
          signal: request.signal,
          ...(upload ? { stream: request.raw.request } : body === undefined ? {} : { body }),
        })
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error
        if (error.sent || upload || request.signal.aborted || clock.monotonic() + RETRY_MS >= end) {
          this.stats.failed++
          roster.log.child('http').debug('A request could not be handed on', { path: request.path, error: error.message })
          throw errors.NO_LEADER()
        }
        if (!this.#attached()) this.#upstream.next()
        await new Promise<void>(resolve => { clock.after(RETRY_MS, resolve) })
      }
    }
  }
}

/** A blocking query is silent for as long as it may wait; so is whoever waits for watchers to acknowledge. */
const silenceMs = ({ query, path }: Request, { config }: Roster): number =>
  query.has('index') || query.has('wait') ? config.query.maxTimeMs * 1.1 : path === '/v1/snapshot' ? 0 : 30_000

function headersOn ({ headers, remoteAddress }: Request, { config }: Roster): OutgoingHttpHeaders {
  const out: OutgoingHttpHeaders = {}
  for (const name in headers) if (!NOT_HANDED_ON.has(name)) out[name] = headers[name as keyof IncomingHttpHeaders]
  const from = remoteAddress.replace(/^::ffff:/, '')
  // Who says no token gets what the agent may give to everybody, and not its own.
  if (out['x-consul-token'] === undefined && out['authorization'] === undefined && config.acl.tokens.default !== '') out['x-consul-token'] = config.acl.tokens.default
  out[AGENT_HEADER] = config.node.name
  out[CALLER_HEADER] = isLoopback(from) ? config.addresses.advertise : from
  return out
}

/** Names as the server wrote them. */
function headersBack ({ rawHeaders }: IncomingMessage, wanted: (name: string) => boolean): HeaderList {
  const out: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase()
    if (!NOT_HANDED_BACK.has(name) && wanted(name)) out.push(rawHeaders[i]!, rawHeaders[i + 1]!)
  }
  return out
}

/** @throws RosterError `NO_LEADER` when the server breaks off */
async function bodyOf (response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  try {
    for await (const part of response) parts.push(part as Buffer)
  } catch {
    throw errors.NO_LEADER()
  }
  return Buffer.concat(parts)
}

function passOn ({ raw }: Request, response: IncomingMessage, headers: HeaderList): Promise<typeof taken> {
  raw.response.writeHead(response.statusCode!, [...headers])
  return new Promise(resolve => {
    response.once('error', () => raw.response.destroy())
    raw.response.once('close', () => {
      response.destroy()
      resolve(taken)
    })
    response.pipe(raw.response)
  })
}

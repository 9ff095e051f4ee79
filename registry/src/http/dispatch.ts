// One request of the compatible API, from bytes to reply: route, methods, access, handler, refusals. The sockets are door.ts's.

import { RosterError, errors } from '../errors.js'
import { parseQuery } from './decode/query.js'
import { isLoopback } from './client-limits.js'
import { AGENT_HEADER, REVISION_HEADER } from './on-behalf.js'
import { taken } from './route.js'
import { text } from './reply.js'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Access } from './access.js'
import type { ClientLimits } from './client-limits.js'
import type { Match, Router } from './router.js'
import type { Reply, Request, Route } from './route.js'
import type { Roster } from '../roster.js'

export interface Dispatched {
  /** Pattern of the route, for metrics; `unknown` when there is none. */
  readonly route: string
  /** The path is one of the API. */
  readonly known: boolean
  readonly reply: Reply | typeof taken
}

export interface DispatchContext {
  readonly roster: Roster
  readonly router: Router
  /** Of the settings in force; made anew by a reload. */
  readonly access: () => Access
  readonly limits: ClientLimits
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal
  /** See Request. */
  readonly unhurried: Request['unhurried']
}

const UNKNOWN = 'unknown'
let made = 0

export async function dispatch (context: DispatchContext, request: IncomingMessage, response: ServerResponse): Promise<Dispatched> {
  const { roster, router } = context
  const method = request.method ?? 'GET'
  const url = stripOrigin(request.url ?? '/')
  const mark = url.indexOf('?')
  const rawPath = mark < 0 ? url : url.slice(0, mark)
  const rawQuery = mark < 0 ? '' : url.slice(mark + 1)
  const refused = refuse(context, request, method)
  if (refused !== undefined) return { route: UNKNOWN, known: false, reply: refused }
  if (rawPath === '/') return { route: UNKNOWN, known: false, reply: front(roster) }
  if (rawPath === '*') return { route: UNKNOWN, known: false, reply: { status: method === 'OPTIONS' ? 200 : 400, headers: [], body: '' } }
  const match = router.match(rawPath, !roster.config.http.disableUnprintableCharFilter)
  if (match.kind !== 'route') return { route: UNKNOWN, known: false, reply: unmatched(match, method, rawQuery) }
  const route = match.route.path
  const id = `${process.pid}-${++made}`
  try {
    return { route, known: true, reply: await answer(context, match, rawQuery, request, response, id) }
  } catch (error) {
    if (error instanceof RosterError) return { route, known: true, reply: text(error.status, error.message, error.status === 429 ? ['Retry-After', '1'] : []) }
    roster.log.child('http').error('Request failed', { request: id, method, url: request.url, error: error instanceof Error ? error.stack : String(error) })
    return { route, known: true, reply: text(500, errors.INTERNAL(id).message) }
  }
}

/** An absolute URL (as proxies send it) asks for the same as its path. */
const stripOrigin = (url: string): string => /^https?:\/\//i.test(url) ? url.replace(/^https?:\/\/[^/?#]*/i, '') || '/' : url

/** What is refused whatever is asked for. */
function refuse ({ access, limits, roster }: DispatchContext, request: IncomingMessage, method: string): Reply | undefined {
  const remote = request.socket.remoteAddress ?? ''
  const error = access().hostError(request.headers.host, isLoopback(request.socket.localAddress ?? '')) ?? access().originError(method, request.headers, roster.config.ui.readOnly)
  if (error !== undefined) return text(error.status, error.message)
  const wait = limits.request(remote, roster.config.limits)
  return wait === 0 ? undefined : text(429, errors.TOO_MANY_REQUESTS(wait).message, ['Retry-After', String(wait)])
}

/** `/` is the page, where there is one. */
function front ({ config }: Roster): Reply {
  if (!config.ui.enabled) return text(200, 'Consul Agent: UI disabled. To enable, set ui_config.enabled=true in the agent configuration and restart.')
  return { status: 301, headers: ['Location', config.ui.contentPath, 'Content-Type', 'text/html; charset=utf-8'], body: `<a href="${escapeHtml(config.ui.contentPath)}">Moved Permanently</a>.\n\n` }
}

function unmatched (match: Exclude<Match, { kind: 'route' }>, method: string, rawQuery: string): Reply {
  switch (match.kind) {
    case 'unprintable': return { status: 400, headers: [], body: '' }
    case 'malformed': return text(400, '400 Bad Request')
    case 'unknown': return text(404, match.path.includes('/v1/')
      ? 'Invalid URL path: not a recognized HTTP API endpoint\n'
      : "Invalid URL path: if attempting to use the HTTP API, ensure the path starts with '/v1/'\n")
    case 'redirect': {
      const location = rawQuery === '' ? match.location : `${match.location}?${rawQuery}`
      if (method !== 'GET') return { status: 307, headers: ['Location', location], body: '' }
      return { status: 307, headers: ['Location', location, 'Content-Type', 'text/html; charset=utf-8'], body: `<a href="${escapeHtml(location)}">Temporary Redirect</a>.\n\n` }
    }
  }
}

const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

async function answer ({ roster, access, stopping, unhurried }: DispatchContext, match: Extract<Match, { kind: 'route' }>, rawQuery: string, request: IncomingMessage, response: ServerResponse, id: string): Promise<Reply | typeof taken> {
  const method = request.method ?? 'GET'
  const { route, path, rest } = match
  const query = parseQuery(rawQuery)
  if (query instanceof Error) return text(500, '')
  const remoteAddress = request.socket.remoteAddress ?? ''
  const blocked = access().blockedError(method, path, remoteAddress)
  if (blocked !== undefined) throw blocked
  const methods = Object.keys(route.methods)
  if (route.ownMethods !== true) {
    const allow = ['Allow', ['OPTIONS', ...methods].join(',')]
    if (method === 'OPTIONS') return { status: 200, headers: allow, body: '' }
    if (!methods.includes(method)) return text(405, `method ${method} not allowed`, allow)
  }
  let abort: AbortController | undefined
  const ended = (): void => abort?.abort()
  let body: Promise<Buffer> | undefined
  const asked: Request = {
    method,
    path,
    rest,
    query,
    headers: request.headers,
    body: limit => body ??= readBody(request, limit ?? roster.config.limits.maxBodyBytes),
    unhurried,
    remoteAddress,
    // Most handlers never wait, so they get no signal made.
    get signal () {
      if (abort === undefined) {
        abort = new AbortController()
        if (response.destroyed || stopping.aborted) abort.abort()
        response.once('close', ended)
        stopping.addEventListener('abort', ended, { once: true })
      }
      return abort.signal
    },
    id,
    raw: { request, response },
  }
  const handler = roster.localAgent?.handlerFor(asked) ?? route.methods[method as keyof Route['methods']] ?? Object.values(route.methods)[0]!
  try {
    const reply = await handler(asked, roster)
    if (request.headers[AGENT_HEADER] === undefined || method === 'GET' || reply === taken) return reply
    return { ...reply, headers: [...reply.headers, REVISION_HEADER, String(roster.state.revision)] }
  } finally {
    if (abort !== undefined) {
      stopping.removeEventListener('abort', ended)
      response.off('close', ended)
    }
  }
}

/** Where Consul's documentation explains the limit; part of the text that clients know. */
const LIMIT_DOCS = 'https://developer.hashicorp.com/docs/agent/config/config-files#kv_max_value_size'

/** The whole body. @throws RosterError 413 past `limit` bytes */
function readBody (request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const declared = Number(request.headers['content-length'] ?? 0)
    const tooLarge = (size: number): void => {
      request.removeAllListeners('data')
      request.resume()
      reject(errors.BODY_TOO_LARGE(size, limit, LIMIT_DOCS))
    }
    if (declared > limit) {
      tooLarge(declared)
      return
    }
    const parts: Buffer[] = []
    let size = 0
    request.on('data', (part: Buffer) => {
      size += part.length
      if (size > limit) tooLarge(size)
      else parts.push(part)
    })
    let whole = false
    request.once('end', () => {
      whole = true
      resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts))
    })
    const cut = (): void => { if (!whole) reject(errors.CUT_SHORT()) }
    request.once('error', cut)
    request.once('close', cut)
  })
}

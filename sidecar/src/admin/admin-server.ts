// The admin port: node:http on loopback, for people, probes and scrapers. Knows HTTP and who may ask; what is answered is in routes.ts.

import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isLoopback } from '@roster/client'
import { listen } from '../listen.js'
import type { Listening } from '../listen.js'
import type { Log } from '../telemetry/log.js'
import { routes } from './routes.js'
import type { AdminAnswer, AdminParts } from './routes.js'

export interface AdminServer extends Listening { close (): Promise<void> }

/** Most that a request may bring, bytes: nothing here needs more. */
const MAX_HEAD_BYTES = 8 * 1024

/** @throws SidecarError when the port cannot be listened on */
export async function startAdmin (port: number, fallback: boolean, parts: AdminParts, log: Log): Promise<AdminServer> {
  const server: Server = createServer({ maxHeaderSize: MAX_HEAD_BYTES, headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 5000 }, (request, response) => {
    void answer(request, parts).catch((error: unknown): AdminAnswer => {
      log.error({ err: error, url: request.url }, 'an admin request failed')
      return { status: 500, body: { error: 'internal error; see the log' } }
    }).then(found => write(request, response, found))
  })
  server.maxConnections = 100
  const listening = await listen(server, { what: 'the admin port', host: '127.0.0.1', port, fallback })
  return {
    ...listening,
    close: () => new Promise(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

async function answer (request: IncomingMessage, parts: AdminParts): Promise<AdminAnswer> {
  const { method = 'GET', headers } = request
  // A page in a browser must not steer what listens on loopback: not by a name that it has pointed here (DNS rebinding), nor by a request of its own.
  if (!isOwnHost(headers.host)) return { status: 403, body: { error: `the host ${JSON.stringify(headers.host ?? '')} is not this admin port; use 127.0.0.1 or localhost` } }
  const reading = method === 'GET' || method === 'HEAD'
  if (!reading && isForeign(headers)) return { status: 403, body: { error: 'requests of web pages are refused' } }
  request.resume()
  const url = new URL(request.url ?? '/', 'http://admin')
  const found = routes.filter(({ path }) => path === url.pathname)
  if (found.length === 0) return { status: 404, body: { error: `there is no ${url.pathname}`, paths: [...new Set(routes.map(({ path }) => path))] } }
  const route = found.find(one => one.method === (reading ? 'GET' : method))
  if (route === undefined) return { status: 405, headers: { allow: found.map(one => one.method).join(', ') }, body: { error: `${url.pathname} takes ${found.map(one => one.method).join(', ')}` } }
  return await route.handle(parts, url.searchParams)
}

function isOwnHost (host: string | undefined): boolean {
  if (host === undefined) return false
  const name = host.replace(/:\d{1,5}$/, '')
  return isLoopback(name)
}

const isForeign = (headers: IncomingMessage['headers']): boolean => {
  const site = headers['sec-fetch-site']
  if (typeof site === 'string' && site !== 'same-origin' && site !== 'none') return true
  const { origin } = headers
  return origin !== undefined && (!URL.canParse(origin) || !isOwnHost(new URL(origin).host))
}

function write (request: IncomingMessage, response: ServerResponse, { status, headers, body }: AdminAnswer): void {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body, undefined, 2)}\n`
  response.writeHead(status, {
    'content-type': typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(request.method === 'HEAD' ? undefined : text)
}

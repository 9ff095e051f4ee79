// /v1/internal/ui/metrics-proxy: requests of the page that go on to the metrics server that the settings name. Paths that are not on the list do not, and the
// caller's token stays here.

import { errors } from '../errors.js'
import { commonHeaders } from './outgoing.js'
import { checkEnterprise } from './params.js'
import { cleanPath } from './router.js'
import { taken } from './route.js'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Handler, Reply, Request } from './route.js'
import type { Roster } from '../roster.js'

/** ms without a byte after which the metrics server counts as down. */
const SILENT_MS = 30_000

const FORBIDDEN: Reply = { status: 403, headers: [], body: '' }
const BAD_GATEWAY: Reply = { status: 502, headers: [], body: '' }

/** Headers that are about one connection, not about what is sent over it (RFC 9110 section 7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'])
/** Of this agent alone. */
const SECRET: ReadonlySet<string> = new Set(['x-consul-token', 'authorization'])

/** Where a request goes: the path below the base address, the query as it came. `path` is as settings list it. */
export function metricsTarget (base: string, rest: string, search: string): { readonly url: URL, readonly path: string } {
  const url = new URL(base)
  const path = cleanPath(`${decodeURI(url.pathname)}/${rest}`).replace(/(?<=.)\/$/, '')
  url.pathname = encodeURI(path)
  url.search = search
  return { url, path }
}

/** @param drop headers that stay here, beside those of the connection */
function endToEnd (headers: IncomingHttpHeaders, drop: ReadonlySet<string>): Record<string, string | string[]> {
  const named = new Set(String(headers.connection ?? '').toLowerCase().split(',').map(name => name.trim()))
  const kept: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined && !HOP_BY_HOP.has(name) && !named.has(name) && !drop.has(name)) kept[name] = value
  return kept
}

function outgoing (request: Request, { config }: Roster, target: URL): Record<string, string | string[]> {
  const { host: _host, 'content-length': _length, ...headers } = endToEnd(request.headers, SECRET)
  const before = headers['x-forwarded-for']
  headers['x-forwarded-for'] = before === undefined ? request.remoteAddress : `${String(before)}, ${request.remoteAddress}`
  headers['host'] = target.host
  for (const { name, value } of config.ui.metricsProxy.addHeaders) headers[name.toLowerCase()] = value
  return headers
}

/** The metrics server's answer, once its headers are there; `undefined` when none comes. */
async function ask (request: Request, roster: Roster, target: URL): Promise<IncomingMessage | undefined> {
  const { request: send } = target.protocol === 'https:' ? await import('node:https') : await import('node:http')
  return await new Promise(resolve => {
    const failed = (error: unknown): void => {
      roster.log.child('agent').child('http').error('The metrics server does not answer', { target: target.href, error: String(error) })
      resolve(undefined)
    }
    const sent = send(target, { method: 'GET', headers: outgoing(request, roster, target), agent: false, signal: request.signal, timeout: SILENT_MS }, resolve)
    sent.on('timeout', () => sent.destroy(new Error(`silent for ${SILENT_MS} ms`)))
    // After the answer began, its own stream tells of what goes wrong.
    sent.on('error', failed)
    sent.end()
  })
}

export const proxyMetrics: Handler = async (request, roster) => {
  const { ui: { enabled, dir, metricsProxy: { baseUrl, pathAllowlist } } } = roster.config
  if (!enabled && dir === '') throw errors.UI_DISABLED()
  if (baseUrl === '') throw errors.METRICS_PROXY_DISABLED()
  checkEnterprise(request, 'partition')
  const url = request.raw.request.url ?? ''
  const target = metricsTarget(baseUrl, request.rest, url.includes('?') ? url.slice(url.indexOf('?')) : '')
  if (pathAllowlist.length > 0 && !pathAllowlist.includes(target.path)) {
    roster.log.child('agent').child('http').error('A path of the metrics server is not allowed', { path: target.path, allowed: pathAllowlist.join(', ') })
    return FORBIDDEN
  }
  const answer = await ask(request, roster, target.url)
  if (answer === undefined) return BAD_GATEWAY
  const { response } = request.raw
  const common = commonHeaders(roster.config, true)
  for (let i = 0; i < common.length; i += 2) response.appendHeader(common[i]!, common[i + 1]!)
  for (const [name, value] of Object.entries(endToEnd(answer.headers, new Set()))) response.appendHeader(name, value)
  response.writeHead(answer.statusCode ?? 502)
  // Whichever side breaks off, the other has nothing more to do.
  answer.once('error', () => response.destroy())
  response.once('close', () => answer.destroy())
  answer.pipe(response)
  return taken
}

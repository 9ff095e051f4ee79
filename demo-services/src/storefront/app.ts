// The storefront: the pages, and a backend for them. It keeps sessions; everything else it asks of those who know.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ServiceDefinition } from '../kit/definition.js'
import { softly } from '../kit/dependencies.js'
import type { CallOptions, Caller, Reply } from '../kit/dependencies.js'
import { elected } from '../kit/elected.js'
import { ShopError } from '../kit/errors.js'
import { onlyOwnPages } from '../kit/own-pages.js'
import { verifier } from '../kit/tokens.js'
import { LINES } from '../inventory/app.js'
import type { Stocked } from '../inventory/store.js'
import { cookieOf, newSession, sessionOf } from './cookies.js'
import { deps } from './deps.js'
import { faults } from './faults.js'
import { passOn } from './pass-on.js'
import { shelves } from './shelf.js'
import * as sessions from './store.js'
import type { Session } from './store.js'

/** A day, as the cookie has it, ms. */
const SESSION_MS = 24 * 60 * 60 * 1000
/** How long a list of products may be looked at before it is asked for again, ms: browsing need not be exact, buying is. */
const PRODUCTS_MS = 500

const PAGES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['shop.html', 'text/html'],
  '/shop.js': ['shop.js', 'text/javascript'],
  '/operator': ['operator.html', 'text/html'],
  '/operator.js': ['operator.js', 'text/javascript'],
  '/pages.css': ['pages.css', 'text/css'],
  '/trace.js': ['trace.js', 'text/javascript'],
}
const CREDENTIALS = { type: 'object', additionalProperties: false, required: ['name', 'password'], properties: { name: { type: 'string', maxLength: 40 }, password: { type: 'string', maxLength: 200 } } } as const

interface Line { readonly sku: string, readonly quantity: number }

export const storefront: ServiceDefinition = {
  name: 'storefront',
  version: '1.0.0',
  owner: 'team-web',
  purpose: 'Shows the shop to people.',
  deps,
  faults,
  keeps: true,

  async start ({ http, store, roster, label, log, to }) {
    const shelf = shelves(to('recommendations'))
    const tokens = verifier(to('users'))
    let listed: { at: number, reply: Promise<Reply<{ products: Stocked[] }>> } | undefined

    const products = (): Promise<Reply<{ products: Stocked[] }>> => {
      if (listed === undefined || Date.now() - listed.at > PRODUCTS_MS) {
        const asked = { at: Date.now(), reply: to('inventory').call<{ products: Stocked[] }>('GET', '/products') }
        asked.reply.catch(() => { if (listed === asked) listed = undefined })
        listed = asked
      }
      return listed.reply
    }
    const sessionFor = async (request: FastifyRequest): Promise<Session | undefined> => {
      const id = sessionOf(request.headers.cookie)
      return id === undefined ? undefined : await store.read(() => sessions.find(id))
    }
    const keep = async (request: FastifyRequest, reply: FastifyReply, change: Partial<Session>): Promise<Session> => {
      const before = await sessionFor(request)
      // A name that we did not give is not taken over: nobody can hand somebody else a session of his own.
      const id = before?.id ?? newSession()
      if (before === undefined) void reply.header('set-cookie', cookieOf(id))
      return await store.change(() => sessions.save(id, change, Date.now()))
    }
    const signedIn = async (request: FastifyRequest): Promise<string> => {
      const token = (await sessionFor(request))?.token
      if (token === undefined) throw new ShopError('NOT_SIGNED_IN')
      await tokens.verify(`Bearer ${token}`)
      return token
    }

    http.addHook('onRequest', async (request, reply) => {
      onlyOwnPages(request)
      void reply.headers({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer', 'content-security-policy': "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'" })
    })
    for (const [path, [file, type]] of Object.entries(PAGES)) {
      const body = readFileSync(fileURLToPath(new URL(`../../pages/${file}`, import.meta.url)))
      http.get(path, (_request, reply) => reply.header('cache-control', 'no-cache').type(`${type}; charset=utf-8`).send(body))
    }

    http.get('/api/home', async (request) => {
      const session = await sessionFor(request)
      const basket = session?.basket ?? {}
      const [list, suggested] = await Promise.all([products(), shelf(Object.keys(basket).slice(0, 20))])
      return { products: list.body.products, shelf: suggested, basket, name: session?.name ?? null, servedBy: { storefront: label, inventory: list.servedBy } }
    })

    http.get<{ Params: { sku: string } }>('/api/products/:sku', async ({ params }, reply) => {
      const sku = encodeURIComponent(params.sku)
      const [product, delivery] = await Promise.all([
        to('inventory').call<Stocked>('GET', `/products/${sku}`),
        softly(async () => await ok(to('delivery'), 'GET', `/estimate/${sku}`), () => undefined),
      ])
      return answer(reply, product, { delivery: delivery.value ?? null })
    })

    http.put<{ Body: { lines: Line[] } }>('/api/basket', {
      schema: { body: { type: 'object', additionalProperties: false, required: ['lines'], properties: { lines: { ...LINES, minItems: 0 } } } },
      attachValidation: true,
    }, async (request, reply) => {
      refuseBasket(request)
      const { basket } = await keep(request, reply, { basket: Object.fromEntries(request.body.lines.map(({ sku, quantity }) => [sku, quantity])) })
      return { basket }
    })

    for (const [path, upstream] of [['/api/accounts', '/accounts'], ['/api/tokens', '/tokens']] as const) {
      http.post<{ Body: { name: string, password: string } }>(path, { schema: { body: CREDENTIALS } }, async (request, reply) => {
        const signed = await to('users').call<{ token: string, user: { name: string } }>('POST', upstream, { body: request.body })
        if (signed.status >= 400) return answer(reply, signed)
        // A new session for a new identity: one that was known before signing in is worth nothing after it.
        const basket = (await sessionFor(request))?.basket ?? {}
        const id = newSession()
        await store.change(() => sessions.save(id, { token: signed.body.token, name: signed.body.user.name, basket }, Date.now()))
        return reply.header('set-cookie', cookieOf(id)).send({ name: signed.body.user.name, servedBy: { users: signed.servedBy } })
      })
    }
    http.delete('/api/session', async (request, reply) => {
      const session = await sessionFor(request)
      if (session !== undefined) await store.change(() => sessions.save(session.id, { token: undefined as never, name: undefined as never }, Date.now()))
      return reply.code(204).send()
    })

    http.put<{ Params: { id: string }, Body: { lines: Line[], card?: string } }>('/api/orders/:id', {
      schema: { body: { type: 'object', additionalProperties: false, required: ['lines'], properties: { lines: LINES, card: { type: 'string', maxLength: 40 } } } },
      attachValidation: true,
    }, async (request, reply) => {
      refuseBasket(request)
      const token = await signedIn(request)
      const placed = await to('orders').call<{ state?: string, servedBy?: object }>('PUT', `/orders/${encodeURIComponent(request.params.id)}`, { body: request.body, token })
      if (placed.status < 400) await keep(request, reply, { basket: {} })
      return answer(reply, placed, { servedBy: { storefront: label, orders: placed.servedBy, ...placed.body.servedBy } })
    })
    http.get('/api/orders', async (request, reply) => {
      const history = await to('orders').call('GET', '/orders', { token: await signedIn(request) })
      return answer(reply, history, { servedBy: { storefront: label, orders: history.servedBy } })
    })
    http.get('/api/messages', async (request) => {
      const token = await signedIn(request)
      const { value, degraded } = await softly(async () => await ok<{ messages: unknown[] }>(to('notifications'), 'GET', '/messages', { token }), () => ({ messages: [] }))
      return { ...value, ...degraded !== undefined && { degraded } }
    })
    /** Spans of the browser: they begin the traces. */
    http.post<{ Body: { spans: unknown[] } }>('/api/spans', {
      schema: { body: { type: 'object', required: ['spans'], properties: { spans: { type: 'array', maxItems: 20, items: { type: 'object' } } } } },
    }, async ({ body }, reply) => {
      await softly(async () => await to('operator').call('POST', '/spans', { body: { spans: body.spans.map(span => ({ ...span as object, service: 'browser', instance: 'browser' })) } }), () => undefined)
      return reply.code(204).send()
    })
    passOn(http, '/operator/api', to('operator'))

    const forgetting = elected({ roster, label, log, work: 'storefront/sessions', everyMs: 60_000, turn: async () => { await store.change(() => sessions.forget(Date.now() - SESSION_MS)) } })
    return { begin: forgetting.begin, close: forgetting.stop }
  },
}

/** A basket that is too large is told so; what else is wrong with it is not well formed. */
function refuseBasket ({ validationError, body }: FastifyRequest): void {
  if (validationError === undefined) return
  const lines = (body as { lines?: Array<{ quantity?: unknown }> } | undefined)?.lines
  if (Array.isArray(lines) && (lines.length > LINES.maxItems || lines.some(line => Number(line?.quantity) > LINES.items.properties.quantity.maximum))) throw new ShopError('BASKET_TOO_LARGE')
  throw new ShopError('BAD_INPUT', validationError.message)
}

/** Another service's answer as ours, refusals included. */
function answer (reply: FastifyReply, { status, body }: Reply<unknown>, more: object = {}): FastifyReply {
  return reply.code(status).send({ ...body as object, ...more })
}

/** @throws Error for anything but 200 */
async function ok<T> (caller: Caller, method: 'GET', path: string, options?: CallOptions): Promise<T> {
  const { status, body } = await caller.call<T>(method, path, options)
  if (status !== 200) throw new Error(`answered ${status}`)
  return body
}

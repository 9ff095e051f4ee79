// Inventory: what there is, and what is held for whom. REST; every change is a PUT or DELETE under an id of the caller's, so it may be sent twice.

import type { ServiceDefinition } from '../kit/definition.js'
import { elected } from '../kit/elected.js'
import { deps } from './deps.js'
import { faults } from './faults.js'
import * as stock from './store.js'
import type { Line } from './store.js'

/** How long stock is held for an order that goes on no further, ms. */
const HOLD_MS = 60_000
/** How often what is too old is looked for, ms. */
const SWEEP_MS = 1000

const ID = { type: 'string', pattern: '^[A-Za-z0-9-]{8,64}$' }
export const LINES = {
  type: 'array',
  minItems: 1,
  maxItems: 20,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['sku', 'quantity'],
    properties: { sku: { type: 'string', pattern: '^[a-z0-9-]{1,40}$' }, quantity: { type: 'integer', minimum: 1, maximum: 100 } },
  },
} as const

export const inventory: ServiceDefinition = {
  name: 'inventory',
  version: '1.0.0',
  owner: 'team-warehouse',
  purpose: 'Knows what there is, and holds it for orders; never gives out more than came in.',
  deps,
  faults,
  keeps: true,

  async start ({ http, store, roster, label, log }) {
    await store.change(stock.fill)
    http.get('/products', async () => ({ products: await store.read(stock.products) }))
    http.get<{ Params: { sku: string } }>('/products/:sku', async ({ params }) => await store.read(() => stock.product(params.sku)))
    http.get('/books', async () => await store.read(stock.books))

    const params = { type: 'object', properties: { id: ID } }
    http.put<{ Params: { id: string }, Body: { lines: Line[] } }>('/reservations/:id', {
      schema: { params, body: { type: 'object', additionalProperties: false, required: ['lines'], properties: { lines: LINES } } },
    }, async ({ params, body }) => await store.change(() => stock.reserve(params.id, body.lines, Date.now() + HOLD_MS)))

    http.put<{ Params: { id: string } }>('/reservations/:id/sold', { schema: { params } }, async ({ params }) => await store.change(() => stock.sell(params.id)))
    http.delete<{ Params: { id: string } }>('/reservations/:id', { schema: { params } }, async ({ params }) => await store.change(() => stock.release(params.id)))

    const sweeping = elected({ roster, label, log, work: 'inventory/expiry', everyMs: SWEEP_MS, turn: async () => { await store.change(() => stock.expire(Date.now())) } })
    return { begin: sweeping.begin, close: sweeping.stop }
  },
}

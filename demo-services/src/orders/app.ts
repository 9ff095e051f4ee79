// Orders: takes an order through reservation and payment, and tells the others. REST; an order is a PUT under the customer's own id, so that it may be sent again.

import type { ServiceDefinition } from '../kit/definition.js'
import { elected } from '../kit/elected.js'
import { ShopError } from '../kit/errors.js'
import { verifier } from '../kit/tokens.js'
import { LINES } from '../inventory/app.js'
import { deps } from './deps.js'
import { faults } from './faults.js'
import { paymentsClient } from './payments-client.js'
import { relay } from './relay.js'
import { carry } from './saga.js'
import * as orders from './store.js'
import type { Line } from './store.js'

/** Between two looks of the elected instance at outbox and unfinished orders, ms. */
const TURN_MS = 500
/** An order that is older than this and not finished has lost whoever worked on it, ms. */
const STUCK_MS = 10_000

const ID = { type: 'string', pattern: '^[A-Za-z0-9-]{8,64}$' }

export const ordersService: ServiceDefinition = {
  name: 'orders',
  version: '1.0.0',
  owner: 'team-checkout',
  purpose: 'Takes each order from basket to confirmation, or back again.',
  deps,
  faults,
  keeps: true,

  async start ({ http, store, roster, label, log, tracer, to }) {
    const payments = paymentsClient(roster, tracer, deps.payments.budgetMs)
    const tokens = verifier(to('users'))
    const saga = { store, inventory: to('inventory'), payments, now: Date.now }
    const outbox = relay({ roster, store, tracer, log })

    http.put<{ Params: { id: string }, Body: { lines: Line[], card?: string } }>('/orders/:id', {
      schema: {
        params: { type: 'object', properties: { id: ID } },
        body: { type: 'object', additionalProperties: false, required: ['lines'], properties: { lines: LINES, card: { type: 'string', maxLength: 40 } } },
      },
    }, async ({ params, body, headers }, reply) => {
      const { user } = await tokens.verify(headers.authorization)
      if (new Set(body.lines.map(({ sku }) => sku)).size !== body.lines.length) throw new ShopError('BAD_INPUT', 'a product is named twice')
      const placed = await store.change(() => orders.place(params.id, user, body.lines, body.card ?? 'any', Date.now()))
      const { order, servedBy } = await carry(placed, saga)
      const { card: _card, ...shown } = order
      return reply.code(order.state === 'confirmed' ? 200 : 409).send(order.state === 'confirmed' ? { ...shown, servedBy: { orders: label, ...servedBy } } : { error: order.why, order: shown })
    })

    http.get<{ Params: { id: string } }>('/orders/:id', async ({ params, headers }) => {
      const { user } = await tokens.verify(headers.authorization)
      const { card: _card, ...order } = await store.read(() => orders.find(params.id))
      // Somebody else's order is not there: its number must not tell that it exists.
      if (order.user !== user) throw new ShopError('UNKNOWN_ORDER', params.id)
      return order
    })
    http.get('/orders', async ({ headers }) => {
      const { user } = await tokens.verify(headers.authorization)
      return { orders: (await store.read(() => orders.ofUser(user, 20))).map(({ card: _card, ...order }) => order) }
    })
    /** For services that follow orders: what came after a number. What the broker lost is found here. */
    http.get<{ Querystring: { after?: string } }>('/events', async ({ query }) => {
      const after = Number(query.after ?? 0)
      if (!Number.isSafeInteger(after) || after < 0) throw new ShopError('BAD_INPUT', 'after must be a whole number from 0 up')
      return { events: await store.read(() => orders.eventsAfter(after, 200)) }
    })
    http.get('/books', async () => ({ orders: await store.read(orders.books), payments: await payments.books() }))

    const work = elected({
      roster,
      label,
      log,
      work: 'orders/relay',
      everyMs: TURN_MS,
      turn: async (signal) => {
        await outbox.drain(signal)
        for (const order of await store.read(() => orders.stuck(Date.now() - STUCK_MS, 50))) {
          await carry(order, saga).catch((error: unknown) => log.info({ err: error, order: order.id }, 'still not finished'))
        }
      },
    })
    return {
      begin: work.begin,
      close: async () => {
        await work.stop()
        await outbox.close()
        payments.close()
      },
    }
  },
}

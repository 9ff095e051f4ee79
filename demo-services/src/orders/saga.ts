// The life of an order across services: reserve, charge, confirm, or give it all back. Every step may be done again, by anybody: whoever finds an order unfinished takes it on from where
// it stands, and the store decides between two who do so at the same time. Source: Garcia-Molina, Salem, "Sagas", SIGMOD 1987.

import { context, propagation } from '@opentelemetry/api'
import { refusalOf } from '../kit/dependencies.js'
import type { Caller } from '../kit/dependencies.js'
import { ShopError } from '../kit/errors.js'
import type { Store } from '../kit/store/store.js'
import type { Payments } from './payments-client.js'
import { advance, isFinal } from './store.js'
import type { Order, PricedLine } from './store.js'

export interface SagaParts {
  readonly store: Store
  readonly inventory: Caller
  readonly payments: Payments
  readonly now: () => number
}

/** What the order went through on this way, for people. */
export interface Journey { readonly order: Order, readonly servedBy: Record<string, string> }

/** Steps of one run at most: each takes the order forward, or starts it again once its reservation was too old. */
const STEPS = 20

/** @throws ShopError NOT_NOW when somebody who is needed does not answer: the order stays where it is, and is taken on later */
export async function carry (start: Order, parts: SagaParts): Promise<Journey> {
  const servedBy: Record<string, string> = {}
  let order = start
  for (let i = 0; i < STEPS && !isFinal(order); i++) order = await step(order, parts, servedBy)
  if (!isFinal(order)) throw new ShopError('NOT_NOW', `order ${order.id} is ${order.state}`)
  return { order, servedBy }
}

async function step (order: Order, { store, inventory, payments, now }: SagaParts, servedBy: Record<string, string>): Promise<Order> {
  const next = (change: Partial<Order> & Pick<Order, 'state'>, event?: Parameters<typeof advance>[2]) => store.change(() => advance(order, change, event))
  const giveUp = (why: { code: string, message: string }) => next({ state: 'giving up', why: { code: why.code, message: why.message } })
  const reservation = `/reservations/${order.id}`

  switch (order.state) {
    // placed => reserved | giving up
    case 'placed': {
      const reply = await inventory.call<{ lines: PricedLine[] }>('PUT', reservation, { body: { lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })) } })
      servedBy['inventory'] = reply.servedBy
      const refusal = refusalOf(reply)
      if (refusal !== undefined) return giveUp(refusal)
      const { lines } = reply.body
      return next({ state: 'reserved', lines, total: lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0) })
    }
    // reserved => charged | giving up
    case 'reserved': {
      const payment = await payments.charge({ order: order.id, amount: order.total, customer: order.user, card: order.card })
      servedBy['payments'] = payment.servedBy
      return payment.state === 'charged' ? next({ state: 'charged' }) : giveUp({ code: 'PAYMENT_REFUSED', message: payment.why })
    }
    // charged => confirmed | placed (the reservation was too old: hold it again) | giving up
    case 'charged': {
      let reply = await inventory.call('PUT', `${reservation}/sold`)
      if (refusalOf(reply)?.code === 'EXPIRED') {
        const again = await inventory.call('PUT', reservation, { body: { lines: order.lines.map(({ sku, quantity }) => ({ sku, quantity })) } })
        const refusal = refusalOf(again)
        if (refusal !== undefined) return giveUp(refusal)
        reply = await inventory.call('PUT', `${reservation}/sold`)
      }
      const refusal = refusalOf(reply)
      if (refusal !== undefined) return giveUp(refusal)
      const carrier: { traceparent?: string } = {}
      propagation.inject(context.active(), carrier)
      return next({ state: 'confirmed' }, { type: 'order-confirmed', order: order.id, user: order.user, lines: order.lines as PricedLine[], total: order.total, at: now(), ...carrier.traceparent !== undefined && { traceparent: carrier.traceparent } })
    }
    // giving up => rejected: decided before, so nobody goes forward any more while this gives back
    case 'giving up': {
      await payments.refund({ order: order.id })
      await inventory.call('DELETE', reservation)
      return next({ state: 'rejected' })
    }
    default: return order
  }
}

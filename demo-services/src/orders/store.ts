// Orders and the outbox. An order's state moves forward only, one decision a transaction; what has been decided is then done, and may be done twice.
//
//   order/<id>              the order
//   by/<user>/<when>/<id>   a customer's orders
//   open/<id>               those that are not finished
//   outbox/<n>, outbox-next what others are to be told, in order, without gaps
//
// placed => reserved => charged => confirmed (told to others in the same transaction)
//        => giving up (why) => rejected: decided first, then given back and refunded

import { ShopError } from '../kit/errors.js'
import { get, ordered, put, range, remove } from '../kit/store/work.js'
import type { Work } from '../kit/store/work.js'

export interface Line { readonly sku: string, readonly quantity: number }
export interface PricedLine extends Line { readonly price: number, readonly name: string }

export type State = 'placed' | 'reserved' | 'charged' | 'confirmed' | 'giving up' | 'rejected'

export interface Order {
  readonly id: string
  readonly user: string
  readonly lines: ReadonlyArray<Line | PricedLine>
  readonly card: string
  /** In cents; 0 until it is known. */
  readonly total: number
  readonly state: State
  /** Code and text of a refusal. */
  readonly why?: { readonly code: string, readonly message: string }
  readonly placedAt: number
}

export interface Event {
  /** Counts all events of the shop's orders, from 1, without gaps. */
  readonly seq: number
  readonly type: 'order-confirmed'
  readonly order: string
  readonly user: string
  readonly lines: readonly PricedLine[]
  readonly total: number
  readonly at: number
  /** W3C trace context of the purchase, so that what comes of it is in its trace. */
  readonly traceparent?: string
}

const FINAL: ReadonlySet<State> = new Set(['confirmed', 'rejected'])
export const isFinal = ({ state }: Order): boolean => FINAL.has(state)

/**
 * The same id again gives the order as it stands.
 * @throws ShopError ANOTHER_MEANING, NOT_YOURS
 */
export function * place (id: string, user: string, lines: readonly Line[], card: string, at: number): Work<Order> {
  const before = yield * get<Order>(`order/${id}`)
  if (before !== undefined) {
    if (before.user !== user) throw new ShopError('NOT_YOURS', id)
    if (JSON.stringify(before.lines.map(key)) !== JSON.stringify(lines.map(key))) throw new ShopError('ANOTHER_MEANING', id)
    return before
  }
  const order: Order = { id, user, lines, card, total: 0, state: 'placed', placedAt: at }
  yield * put(`order/${id}`, order)
  yield * put(`by/${user}/${ordered(at)}/${id}`, id)
  yield * put(`open/${id}`, id)
  return order
}

const key = ({ sku, quantity }: Line): string => `${sku} ${quantity}`

/** Takes the order from one state to the next, if it is still there; else gives it as it is, since somebody else was faster and has the say. */
export function * advance (from: Order, change: Partial<Order> & { readonly state: State }, event?: Omit<Event, 'seq'>): Work<Order> {
  const now = yield * find(from.id)
  if (now.state !== from.state) return now
  const next: Order = { ...now, ...change }
  yield * put(`order/${next.id}`, next)
  if (isFinal(next)) yield * remove(`open/${next.id}`)
  if (event !== undefined) {
    const seq = (yield * get<number>('outbox-next')) ?? 1
    yield * put('outbox-next', seq + 1)
    yield * put(`outbox/${ordered(seq)}`, { seq, ...event })
  }
  return next
}

/** @throws ShopError UNKNOWN_ORDER */
export function * find (id: string): Work<Order> {
  const order = yield * get<Order>(`order/${id}`)
  if (order === undefined) throw new ShopError('UNKNOWN_ORDER', id)
  return order
}

/** The newest first. */
export function * ofUser (user: string, limit: number): Work<readonly Order[]> {
  const orders: Order[] = []
  for (const [, id] of yield * range<string>(`by/${user}/`, limit, { reverse: true })) orders.push(yield * find(id))
  return orders
}

/** Not finished, and older than that: whoever worked on them is gone. */
export function * stuck (before: number, limit: number): Work<readonly Order[]> {
  const orders: Order[] = []
  for (const [, id] of yield * range<string>('open/', limit)) {
    const order = yield * find(id)
    if (order.placedAt < before) orders.push(order)
  }
  return orders
}

export function * eventsAfter (seq: number, limit: number): Work<readonly Event[]> {
  return (yield * range<Event>('outbox/', limit, { after: `outbox/${ordered(seq)}` })).map(([, event]) => event)
}

/** How far the relay has come. */
export function * relayed (): Work<number> { return (yield * get<number>('outbox-relayed')) ?? 0 }

export function * setRelayed (seq: number): Work<void> {
  if (seq > (yield * relayed())) yield * put('outbox-relayed', seq)
}

/** For whoever keeps the books. */
export function * books (): Work<Record<State, number> & { events: number }> {
  const counts = { placed: 0, reserved: 0, charged: 0, confirmed: 0, 'giving up': 0, rejected: 0, events: ((yield * get<number>('outbox-next')) ?? 1) - 1 }
  let after = ''
  while (true) {
    const page = yield * range<Order>('order/', 500, { after })
    for (const [, { state }] of page) counts[state]++
    if (page.length < 500) return counts
    after = page[page.length - 1]![0]
  }
}

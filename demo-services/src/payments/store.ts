// The ledger: one row for each order, written once and never charged again. Pure rules.
//
//   ledger/<order>   charged | declined | refunded | closed (given up before it was ever charged)

import { ShopError } from '../kit/errors.js'
import { get, put, range } from '../kit/store/work.js'
import type { Work } from '../kit/store/work.js'
import type { Books } from './contract.js'

export interface Row {
  readonly order: string
  readonly state: 'charged' | 'declined' | 'refunded' | 'closed'
  /** In cents. */
  readonly amount: number
  readonly customer: string
  readonly why: string
  readonly at: number
}

/** The card that is always refused, for whoever wants to see that. */
export const REFUSED_CARD = 'declined'

/** @throws ShopError ANOTHER_MEANING when the order was charged with another amount */
export function * charge (request: { order: string, amount: number, customer: string, card: string }, at: number): Work<Row> {
  const { order, amount, customer, card } = request
  const before = yield * get<Row>(`ledger/${order}`)
  if (before !== undefined) {
    if (before.state !== 'closed' && (before.amount !== amount || before.customer !== customer)) throw new ShopError('ANOTHER_MEANING', order)
    return before
  }
  const refused = card === REFUSED_CARD
  const row: Row = { order, amount, customer, state: refused ? 'declined' : 'charged', why: refused ? 'The card was refused' : '', at }
  yield * put(`ledger/${order}`, row)
  return row
}

export function * refund (order: string, at: number): Work<Row> {
  const before = yield * get<Row>(`ledger/${order}`)
  if (before !== undefined && before.state !== 'charged') return before
  const row: Row = before === undefined
    ? { order, amount: 0, customer: '', state: 'closed', why: 'The order was given up before it was charged', at }
    : { ...before, state: 'refunded', why: 'The order was given up', at }
  yield * put(`ledger/${order}`, row)
  return row
}

/** @throws ShopError UNKNOWN_ORDER */
export function * find (order: string): Work<Row> {
  const row = yield * get<Row>(`ledger/${order}`)
  if (row === undefined) throw new ShopError('UNKNOWN_ORDER', order)
  return row
}

/** `charges` counts what was ever charged, refunds included. */
export function * books (): Work<Books> {
  const sums = { charges: 0, refunds: 0, declined: 0, charged: 0, refunded: 0 }
  let after = ''
  while (true) {
    const page = yield * range<Row>('ledger/', 500, { after })
    for (const [, { state, amount }] of page) {
      if (state === 'declined') sums.declined++
      if (state === 'charged' || state === 'refunded') { sums.charges++; sums.charged += amount }
      if (state === 'refunded') { sums.refunds++; sums.refunded += amount }
    }
    if (page.length < 500) return sums
    after = page[page.length - 1]![0]
  }
}

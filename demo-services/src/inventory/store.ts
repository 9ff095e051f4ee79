// Stock and reservations, and the law between them: what is available, held and sold is together what came in. Rules only; where rows lie is the kit's.
//
//   stock/<sku>          what is there
//   reservation/<id>     held → sold | released | expired; expired → held again, if there is enough
//   due/<when>/<id>      what is held, by when it ends

import { ShopError } from '../kit/errors.js'
import { get, ordered, put, range, remove } from '../kit/store/work.js'
import type { Work } from '../kit/store/work.js'
import { CATALOGUE } from './catalogue.js'
import type { Product } from './catalogue.js'

export interface Stocked extends Product { readonly available: number }
export interface Line { readonly sku: string, readonly quantity: number }
export interface PricedLine extends Line { readonly price: number, readonly name: string }

export interface Reservation {
  readonly id: string
  readonly state: 'held' | 'sold' | 'released' | 'expired'
  readonly lines: readonly PricedLine[]
  /** ms since 1970. */
  readonly expiresAt: number
}

/** Products that are looked at in one reading. */
const ALL = 1000

/** Puts the catalogue on the shelves, where it is not there yet. */
export function * fill (): Work<void> {
  for (const { stock, ...product } of CATALOGUE) {
    if ((yield * get(`stock/${product.sku}`)) === undefined) yield * put(`stock/${product.sku}`, { ...product, available: stock })
  }
}

export function * products (): Work<readonly Stocked[]> {
  return (yield * range<Stocked>('stock/', ALL)).map(([, row]) => row)
}

export function * product (sku: string): Work<Stocked> {
  const row = yield * get<Stocked>(`stock/${sku}`)
  if (row === undefined) throw new ShopError('UNKNOWN_PRODUCT', sku)
  return row
}

/**
 * Holds stock for a while. The same id and lines again: the same reservation.
 * @throws ShopError UNKNOWN_PRODUCT, OUT_OF_STOCK, ANOTHER_MEANING, RELEASED
 */
export function * reserve (id: string, lines: readonly Line[], expiresAt: number): Work<Reservation> {
  const before = yield * get<Reservation>(`reservation/${id}`)
  if (before !== undefined) {
    if (JSON.stringify(before.lines.map(({ sku, quantity }) => [sku, quantity])) !== JSON.stringify(lines.map(({ sku, quantity }) => [sku, quantity]))) {
      if (before.state === 'released' && before.lines.length === 0) throw new ShopError('RELEASED', id)
      throw new ShopError('ANOTHER_MEANING', id)
    }
    if (before.state === 'released') throw new ShopError('RELEASED', id)
    if (before.state !== 'expired') return before
  }
  const priced: PricedLine[] = []
  for (const { sku, quantity } of lines) {
    const row = yield * product(sku)
    if (row.available < quantity) throw new ShopError('OUT_OF_STOCK', `${row.name}, ${row.available} left`)
    yield * put(`stock/${sku}`, { ...row, available: row.available - quantity })
    // The price of the first time counts: what a customer saw is what is charged.
    priced.push({ sku, quantity, price: before?.lines.find(line => line.sku === sku)?.price ?? row.price, name: row.name })
  }
  const reservation: Reservation = { id, state: 'held', lines: priced, expiresAt }
  yield * put(`reservation/${id}`, reservation)
  yield * put(due(reservation), id)
  return reservation
}

/** @throws ShopError UNKNOWN_RESERVATION, RELEASED, EXPIRED */
export function * sell (id: string): Work<Reservation> {
  const before = yield * known(id)
  if (before.state === 'sold') return before
  if (before.state !== 'held') throw new ShopError(before.state === 'released' ? 'RELEASED' : 'EXPIRED', id)
  yield * remove(due(before))
  return yield * become(before, 'sold')
}

/**
 * Gives back what is held. An id that is not known is noted as given back: what comes late finds the door closed.
 * @throws ShopError ANOTHER_MEANING for what is sold
 */
export function * release (id: string): Work<Reservation> {
  const before = yield * get<Reservation>(`reservation/${id}`)
  if (before === undefined) return yield * become({ id, state: 'released', lines: [], expiresAt: 0 }, 'released')
  if (before.state === 'sold') throw new ShopError('ANOTHER_MEANING', `${id} is sold`)
  if (before.state === 'held') yield * giveBack(before)
  return yield * become(before, 'released')
}

/** Ends what was held too long. @param limit a transaction should not hold up the customers @returns how many */
export function * expire (now: number, limit = 50): Work<number> {
  let ended = 0
  for (const [key, id] of yield * range<string>('due/', limit)) {
    if (key >= `due/${ordered(now)}/`) break
    const reservation = yield * known(id)
    yield * giveBack(reservation)
    yield * become(reservation, 'expired')
    ended++
  }
  return ended
}

/** For whoever keeps the books: available, held and sold of each product. */
export function * books (): Work<Record<string, { available: number, held: number, sold: number }>> {
  const totals: Record<string, { available: number, held: number, sold: number }> = {}
  for (const { sku, available } of yield * products()) totals[sku] = { available, held: 0, sold: 0 }
  let after = ''
  while (true) {
    const page = yield * range<Reservation>('reservation/', 500, { after })
    for (const [, { state, lines }] of page) {
      for (const { sku, quantity } of lines) if (state === 'held' || state === 'sold') totals[sku]![state] += quantity
    }
    if (page.length < 500) return totals
    after = page[page.length - 1]![0]
  }
}

const due = ({ id, expiresAt }: Reservation): string => `due/${ordered(expiresAt)}/${id}`

function * known (id: string): Work<Reservation> {
  const reservation = yield * get<Reservation>(`reservation/${id}`)
  if (reservation === undefined) throw new ShopError('UNKNOWN_RESERVATION', id)
  return reservation
}

function * become (reservation: Reservation, state: Reservation['state']): Work<Reservation> {
  const next = { ...reservation, state }
  if (reservation.state !== state || reservation.lines.length === 0) yield * put(`reservation/${reservation.id}`, next)
  return next
}

function * giveBack (reservation: Reservation): Work<void> {
  for (const { sku, quantity } of reservation.lines) {
    const row = yield * product(sku)
    yield * put(`stock/${sku}`, { ...row, available: row.available + quantity })
  }
  yield * remove(due(reservation))
}

// Messages to customers, one for each confirmed order: written once, because it is written together with the event's number.
//
//   message/<user>/<when>/<order>

import { ordered, put, range } from '../kit/store/work.js'
import type { Work } from '../kit/store/work.js'
import type { Event } from '../orders/store.js'

export interface Message { readonly order: string, readonly text: string, readonly at: number }

export function * note (event: Event): Work<void> {
  const what = event.lines.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ')
  yield * put(`message/${event.user}/${ordered(event.at)}/${event.order}`, { order: event.order, text: `On its way: ${what}`, at: event.at } satisfies Message)
}

/** The newest first. */
export function * ofUser (user: string, limit: number): Work<readonly Message[]> {
  return (yield * range<Message>(`message/${user}/`, limit, { reverse: true })).map(([, message]) => message)
}

/** How many have been written. */
export function * count (): Work<number> {
  let total = 0
  let after = ''
  while (true) {
    const page = yield * range('message/', 500, { after })
    total += page.length
    if (page.length < 500) return total
    after = page[page.length - 1]![0]
  }
}

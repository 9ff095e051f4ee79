import type { Act } from '../act.js'
import { buy, fault, signedUp, until } from '../support.js'
import type { Shop } from '../../launcher/shop.js'

interface Books { readonly orders: { confirmed: number }, readonly payments: { charges: number, refunds: number } }

/** Orders keeps the books of both sides. */
async function books (shop: Shop): Promise<Books> {
  const answer = await shop.roster.service('orders').fetch('/books')
  if (answer.status !== 200) throw new Error(`the books answered ${answer.status}`)
  return await answer.json() as Books
}

export const noDoubleCharge: Act = {
  id: 'no-double-charge',
  title: 'Killed between charging and saying so',
  claim: 'Payments dies after it has charged and before it answers, again and again: what was charged is what was confirmed, one to one.',
  async play ({ shop, short }) {
    const before = shop.all('payments').length
    const who = await signedUp(shop)
    await until('the books are even', 20_000, async () => { const { orders, payments } = await books(shop); return orders.confirmed === payments.charges - payments.refunds })
    const start = await books(shop)
    await shop.scale('payments', 2)
    let confirmed = 0
    let died = 0
    try {
      for (let round = 0; round < (short ? 2 : 10); round++) {
        const [victim] = shop.all('payments')
        // Both, so that whoever is asked first dies of it.
        for (const { label } of shop.all('payments')) await fault(shop, label, { kind: 'crash', rate: round % 2 === 0 && label !== victim!.label ? 0 : 1, forMs: 30_000 })
        const pids = new Set(shop.all('payments').map(({ pid }) => pid))
        const id = crypto.randomUUID()
        await until('the order is confirmed', 30_000, async () => { await buy(who, 'pencil', id); return true })
        confirmed++
        await until('both are back', 30_000, () => shop.all('payments').length === 2)
        died += 2 - shop.all('payments').filter(({ pid }) => pids.has(pid)).length
        for (const { label } of shop.all('payments')) await fault(shop, label, { kind: 'crash', rate: 0, forMs: 1 })
      }
      const end = await books(shop)
      const charged = end.payments.charges - start.payments.charges
      return { passed: charged === confirmed && end.orders.confirmed - start.orders.confirmed === confirmed && died > 0, measured: `${confirmed} orders confirmed, ${charged} charged, ${died} times payments died in between` }
    } finally { await shop.scale('payments', before) }
  },
}

// Laws of a purchase, whatever is lost, whoever dies, and however many work on it at the same time: never more is sold than there was, nobody is charged twice or for nothing, and in the
// end every order is confirmed or has given everything back.
import t from 'tap'
import fc from 'fast-check'
import { World } from '../support/world.js'

const fate = fc.constantFrom('fine', 'fine', 'fine', 'lost', 'answer lost', 'dies') as fc.Arbitrary<'fine' | 'lost' | 'answer lost' | 'dies'>
const plan = fc.record({
  available: fc.integer({ min: 0, max: 8 }),
  orders: fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 3 }), card: fc.constantFrom('any', 'any', 'any', 'declined'), workers: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 6 }),
  fates: fc.array(fate, { maxLength: 40 }),
  /** ms between rounds: reservations end after a minute. */
  pauses: fc.array(fc.constantFrom(1000, 61_000), { maxLength: 4 }),
})

t.test('never oversold, never charged twice, nothing left hanging', async () => {
  await fc.assert(fc.asyncProperty(plan, async ({ available, orders, fates, pauses }) => {
    const left = [...fates]
    const world = await World.make(available, () => left.shift() ?? 'fine')
    try {
      const law = async (): Promise<void> => {
        const { stock: { thing }, ledger } = await world.books()
        if (thing!.available < 0 || thing!.available + thing!.held + thing!.sold !== available) throw new Error(`stock: ${JSON.stringify(thing)} of ${available}`)
        if (ledger.charges > orders.length) throw new Error(`${ledger.charges} charges for ${orders.length} orders`)
      }
      await Promise.all(orders.flatMap(({ quantity, card, workers }, i) => Array.from({ length: workers }, () => world.work(`order-${i}-of-it`, quantity, card))))
      await law()
      for (const ms of pauses) {
        world.now += ms
        await Promise.all([world.expire(), world.sweep()])
        await law()
      }
      // From here on nothing breaks any more: everything comes to an end.
      left.length = 0
      for (let i = 0; i < 3; i++) { await world.sweep(); world.now += 61_000; await world.expire() }
      await law()
      const { stock: { thing }, ledger, orders: counts } = await world.books()
      const states = await Promise.all(orders.map(({ quantity, card }, i) => world.work(`order-${i}-of-it`, quantity, card)))
      const sold = states.reduce((sum, state, i) => sum + (state === 'confirmed' ? orders[i]!.quantity : 0), 0)
      if (counts.confirmed + counts.rejected !== orders.length) throw new Error(`unfinished: ${JSON.stringify(counts)}`)
      if (thing!.sold !== sold || thing!.held !== 0) throw new Error(`sold ${thing!.sold}, confirmed ${sold}, held ${thing!.held}`)
      if (ledger.charges - ledger.refunds !== counts.confirmed) throw new Error(`${ledger.charges} charged, ${ledger.refunds} refunded, ${counts.confirmed} confirmed`)
      if (counts.events !== counts.confirmed) throw new Error(`${counts.events} events of ${counts.confirmed} orders`)
    } finally { await world.close() }
  }), { numRuns: Number(process.env['RUNS'] ?? 10) })
})

t.test('a law that can fail: without the order as a key, the same order would be charged again', async t => {
  const world = await World.make(5, () => 'fine')
  t.teardown(() => world.close())
  await world.work('order-one-1', 1)
  await world.work('order-one-1', 1)
  await world.work('order-two-2', 1)
  t.match(await world.books(), { stock: { thing: { available: 3, sold: 2 } }, ledger: { charges: 2 }, orders: { confirmed: 2, events: 2 } })
})

import type { Act } from '../act.js'
import { buy, ms, passing, signedUp, until } from '../support.js'
import type { Customer } from '../../load/customer.js'

/** What a page may take longer without it, ms; a loaded machine needs more room than an idle one. */
const RISE_MS = 50

async function pages (who: Customer, count: number): Promise<{ median: number, shelves: number, degraded: number }> {
  const times: number[] = []
  let shelves = 0
  let degraded = 0
  for (let i = 0; i < count; i++) {
    const began = performance.now()
    const { status, body } = await who.call('GET', '/api/home')
    times.push(performance.now() - began)
    if (status !== 200) throw new Error(`the page answered ${status}`)
    if (body.shelf.skus.length > 0) shelves++
    if (body.shelf.degraded !== undefined) degraded++
  }
  return { median: times.sort((a, b) => a - b)[count >> 1]!, shelves, degraded }
}

export const recommendationsDie: Act = {
  id: 'recommendations-die',
  title: 'What is nice to have may die',
  claim: 'All of recommendations is killed: every checkout succeeds, the shelf shows what it last knew, and the page is no slower.',
  async play ({ shop, short }) {
    const who = await signedUp(shop)
    const victims = shop.all('recommendations')
    const count = short ? 20 : 100
    for (let i = 0; i < 3; i++) await buy(who, i === 1 ? 'kettle' : 'mug')
    await until('there is a shelf', 15_000, async () => (await pages(who, 1)).shelves === 1)
    const with_ = await pages(who, count)
    try {
      for (const { label } of victims) await shop.kill(label)
      await until('nobody offers it', 10_000, async () => (await passing(shop, 'recommendations')).length === 0)
      const without = await pages(who, count)
      let bought = 0
      for (let i = 0; i < (short ? 5 : 30); i++) { await buy(who); bought++ }
      const rise = without.median - with_.median
      return {
        passed: without.degraded === count && without.shelves === count && rise < RISE_MS,
        measured: `${bought} of ${bought} checkouts; ${without.degraded} of ${count} pages with the last shelf; page ${ms(with_.median)} before, ${ms(without.median)} without (median)`,
      }
    } finally { for (const { label } of victims) await shop.revive(label) }
  },
}

import type { Act } from '../act.js'
import { ms, passing, percent, shares, signedUp, until } from '../support.js'

export const discovery: Act = {
  id: 'discovery',
  title: 'Who comes is found',
  claim: 'A second orders gets its first request within a second of its first passing check, and about half of them (35 to 65 %) within ten seconds.',
  async play ({ shop, short, say }) {
    const before = shop.all('orders').length
    await shop.scale('orders', 1)
    const who = await Promise.all([signedUp(shop), signedUp(shop)])
    try {
      let stopped = false
      let firstAt: number | undefined
      const known = new Set(shop.all('orders').map(({ label }) => label))
      const asking = (async () => {
        while (!stopped) {
          const { body } = await who[0]!.call('GET', '/api/orders')
          if (firstAt === undefined && !known.has(body.servedBy.orders)) firstAt = performance.now()
        }
      })()
      const starting = shop.add('orders')
      await until('the second one passes', 60_000, async () => (await passing(shop, 'orders')).length === 2)
      const passedAt = performance.now()
      const { label } = await starting
      await until('its first request', 5000, () => firstAt !== undefined)
      stopped = true
      await asking
      let share = 0
      const even = await until('half of the requests', 10_000, async () => {
        share = (await shares(who, short ? 120 : 400, 8)).get(label) ?? 0
        say(`it has ${percent(share)}`)
        return Math.abs(share - 0.5) <= 0.15
      })
      const first = Math.max(0, firstAt! - passedAt)
      return { passed: first < 1000, measured: `first request after ${ms(first)}; ${percent(share)} of the requests after ${ms(even)}` }
    } finally { await shop.scale('orders', before) }
  },
}

import { setTimeout as pause } from 'node:timers/promises'
import { startLoad } from '../../load/generator.js'
import type { Act } from '../act.js'
import { ms, passing, until } from '../support.js'

/** The lease of a service: its longest silence, ms. */
const LEASE_MS = 2000
/** What a loaded machine may take longer until the registry has acted, ms. */
const GRACE_MS = 500

export const crash: Act = {
  id: 'crash',
  title: 'A crash that nobody notices',
  claim: 'An instance of orders is killed under load: no checkout fails, and it is gone from the registry\'s answers within two seconds.',
  async play ({ shop, short }) {
    await shop.scale('orders', Math.max(2, shop.all('orders').length))
    const victim = shop.all('orders')[0]!
    const load = await startLoad(shop.roster, { rate: 10, weights: { buy: 1, history: 1 }, customers: 4 })
    try {
      await pause(short ? 1500 : 5000)
      await shop.kill(victim.label)
      const gone = await until('it is gone from the answers', 10_000, async () => !(await passing(shop, 'orders')).some(({ label }) => label === victim.label))
      await pause(short ? 1500 : 5000)
      const { all, errors } = await load.stop()
      return { passed: all.failed === 0 && all.count > 0 && gone < LEASE_MS + GRACE_MS, measured: `${all.count} journeys, ${all.failed} failed ${Object.keys(errors).join('; ')}; gone after ${ms(gone)}` }
    } finally {
      await load.stop()
      await shop.revive(victim.label)
    }
  },
}

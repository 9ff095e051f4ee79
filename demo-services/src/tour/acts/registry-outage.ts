import { setTimeout as pause } from 'node:timers/promises'
import { startLoad } from '../../load/generator.js'
import type { Act } from '../act.js'
import { ms, passing, until } from '../support.js'

export const registryOutage: Act = {
  id: 'registry-outage',
  title: 'The registry is away',
  claim: 'The registry is killed under load: calls go on with what is known, no checkout fails, and when it is back nobody has been removed.',
  async play ({ shop, short }) {
    const services = [...new Set(shop.instances.flatMap(({ services }) => services))]
    const count = async (): Promise<number> => (await Promise.all(services.map(async service => (await passing(shop, service)).length))).reduce((sum, n) => sum + n, 0)
    const before = await count()
    const load = await startLoad(shop.roster, { rate: 8, weights: { buy: 1, browse: 1, history: 1 }, customers: 4 })
    try {
      await pause(1000)
      await shop.registry.kill()
      await pause(short ? 5000 : 30_000)
      const age = shop.roster.service('storefront').snapshot().ageMs
      await shop.registry.start()
      const least: number[] = []
      const back = await until('everybody is listed', 30_000, async () => { const now = await count(); least.push(now); return now === before })
      await pause(2000)
      least.push(await count())
      const { all, errors } = await load.stop()
      const lost = before - Math.min(...least.slice(-1))
      return { passed: all.failed === 0 && all.count > 0 && lost === 0, measured: `${all.count} journeys, ${all.failed} failed ${Object.keys(errors).join('; ')}; the list was ${ms(age)} old; everybody listed ${ms(back)} after its return, ${lost} removed` }
    } finally {
      await load.stop()
      await shop.registry.start()
    }
  },
}

import { fileURLToPath } from 'node:url'
import { addressesBelow } from '../../lint/addresses.js'
import type { Act } from '../act.js'
import { buy, signedUp } from '../support.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

export const nothingWrittenDown: Act = {
  id: 'nothing-written-down',
  title: 'No address is written down',
  claim: 'No source of a service has a host or port of another. Everybody moves to another port, and the shop goes on.',
  async play ({ shop, short, say }) {
    const found = addressesBelow(ROOT)
    for (const { file, line, text } of found) say(`${file}:${line} ${text}`)
    const who = await signedUp(shop)
    await buy(who)
    const movers = shop.instances.filter(({ services, running }) => running && services.length === 1 && services[0] !== 'storefront' && (!short || ['inventory', 'payments'].includes(services[0]!)))
    const before = new Set(movers.flatMap(({ ports }) => Object.values(ports)))
    // One after another, and each new one first: this is about ports, not about downtime.
    for (const { label, services } of movers) {
      await shop.add(services)
      await shop.remove(label)
    }
    const after = shop.instances.filter(({ services }) => movers.some(mover => mover.services[0] === services[0])).flatMap(({ ports }) => Object.values(ports))
    const moved = after.filter(port => !before.has(port)).length
    const { servedBy } = await buy(who)
    return { passed: found.length === 0 && moved >= movers.length, measured: `${found.length} addresses in the sources; ${moved} of ${movers.length} moved; bought again, served by ${Object.values(servedBy).join(', ')}` }
  },
}

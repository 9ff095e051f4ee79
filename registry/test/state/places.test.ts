// Rows that are written together lie together, and whoever looks below a prefix looks at every place where such a row may lie.
import fc from 'fast-check'
import t from 'tap'
import { layout } from '../../src/state/places.js'
import { keys } from '../../src/state/keys.js'

t.test('an instance and its checks are one record', async t => {
  const place = keys.service('N1', 'Web')
  for (const key of [keys.check('n1', 'service:Web'), keys.check('n1', 'service:web:2'), keys.checkOf('n1', 'web', 'anything'), keys.leaseOf('n1', 'WEB')]) t.equal(layout.placeOf(key), place, key)
  const agent = keys.agentService('web')
  for (const key of [keys.agentCheck('service:web'), keys.agentCheck('service:web:1'), keys.agentCheckOf('web', 'x')]) t.equal(layout.placeOf(key), agent, key)
  for (const key of [keys.check('n1', 'memory'), keys.node('n1'), keys.kv('node/a/check/service:b'), keys.lease('l')]) t.equal(layout.placeOf(key), key, 'law: what names no service lies by itself')
})

const name = fc.constantFrom('a', 'b', 'service:a', 'service:a:1', 'service:a/b', 'service', 'check', 'checks-of', '')
const key = fc.oneof(
  fc.tuple(name, name).map(([a, b]) => keys.service(a, b)),
  fc.tuple(name, name).map(([a, b]) => keys.check(a, b)),
  fc.tuple(name, name, name).map(([a, b, c]) => keys.checkOf(a, b, c)),
  fc.tuple(name, name).map(([a, b]) => keys.leaseOf(a, b)),
  fc.tuple(name, name).map(([a, b]) => keys.agentCheckOf(a, b)),
  fc.tuple(name, name).map(([a, b]) => keys.coordinate(a, b)),
  name.map(keys.agentService), name.map(keys.agentCheck), name.map(keys.node), name.map(keys.kv), name.map(keys.lease), name.map(keys.leaseNode)
)

t.test('every place of a row below a prefix is within reach of the prefix', async t => {
  fc.assert(fc.property(key, fc.nat(), (key, cut) => {
    // Whole segments, as commands ask for them, and beginnings of any length.
    for (const prefix of [key.slice(0, cut % (key.length + 1)), ...[...key.matchAll(/\//g)].map(({ index }) => key.slice(0, index + 1))]) {
      const reach = layout.reach(prefix)
      const place = layout.placeOf(key)
      if ('place' in reach ? place !== reach.place : !place.startsWith(reach.prefix)) throw new Error(`${key} lies at ${place}, out of reach of ${prefix}`)
    }
  }), { numRuns: 3000, seed: 5 })
  t.pass()
})

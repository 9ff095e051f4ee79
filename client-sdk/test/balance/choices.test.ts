// Laws of choosing: nobody is invented, nobody skipped is taken, weights are shares, load is followed, and a change of the list moves no more than it must.
import fc from 'fast-check'
import t from 'tap'
import type { Test } from 'tap'
import type { Candidate, Choice } from '../../src/balance/choice.js'
import { aliasTable } from '../../src/balance/choices/alias-table.js'
import { p2c } from '../../src/balance/choices/p2c.js'
import { random } from '../../src/balance/choices/random.js'
import { ringHash } from '../../src/balance/choices/ring-hash.js'
import { roundRobin } from '../../src/balance/choices/round-robin.js'
import { zoneAware, zoneShares } from '../../src/balance/choices/zone-aware.js'
import { seededRandom as seeded } from '../../src/testing/seeded-random.js'

const list = (...weights: number[]): Candidate[] => weights.map((weight, i) => ({ id: String.fromCharCode(97 + i), weight }))
const candidates = fc.uniqueArray(fc.record({ id: fc.uuid(), weight: fc.integer({ min: 1, max: 100 }), zone: fc.constantFrom('x', 'y', 'z') }), { minLength: 1, maxLength: 20, selector: c => c.id })
const every: Record<string, () => Choice> = {
  p2c: () => p2c,
  random: () => random,
  'round robin': () => roundRobin(),
  'ring hash': () => ringHash,
  'zone aware': () => zoneAware(() => p2c, { zone: 'x', minInstances: 2 }),
}
/** How often each is taken, as shares. */
const shares = (choice: Choice, of: readonly Candidate[], calls: number, load: (c: Candidate) => number = () => 1, coin = seeded(1)) => {
  const pick = choice(of)
  const counts = new Map(of.map(({ id }) => [id, 0]))
  for (let i = 0; i < calls; i++) { const { id } = pick({ load, random: coin, key: undefined! })!; counts.set(id, counts.get(id)! + 1) }
  return of.map(({ id }) => counts.get(id)! / calls)
}
const near = (t: Test, actual: readonly number[], expected: readonly number[], within: number, what = '') => t.ok(actual.every((share, i) => Math.abs(share - expected[i]!) <= within), `${what} ${actual.map(s => s.toFixed(3)).join(' ')} is near ${expected.map(s => s.toFixed(3)).join(' ')}`)

for (const [name, make] of Object.entries(every)) {
  t.test(`${name}: takes a member of the list that is not to be skipped, or nobody when there is none`, async () => {
    fc.assert(fc.property(candidates, fc.infiniteStream(fc.double({ min: 0, max: 0.999999, noNaN: true })), fc.func(fc.boolean()), fc.func(fc.double({ min: 0.001, max: 1000, noNaN: true })), (of, coins, skipped, loads) => {
      const pick = make()(of)
      const coin = () => coins.next().value!
      const load = (c: Candidate) => loads(c.id)
      const skip = (c: Candidate) => skipped(c.id)
      for (let i = 0; i < 5; i++) {
        if (!of.includes(pick({ load, random: coin, key: String(i) })!)) return false
        const taken = pick({ load, random: coin, skip, key: String(i) })
        if (taken === undefined ? of.some(c => !skip(c)) : skip(taken) || !of.includes(taken)) return false
      }
      return true
    }), { seed: 10, numRuns: 100 })
  })

  t.test(`${name}: an empty list gives nobody, a list of one gives it`, async t => {
    t.equal(make()([])({ load: () => 0, random: () => 0 }), undefined)
    t.equal(make()(list(3))({ load: () => 0, random: () => 0.5 })?.id, 'a')
  })
}

t.test('alias table: the measure of the numbers that give an index is its weight', async () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 30 }), weights => {
    const draw = aliasTable(weights)
    const points = 20_000
    const counts = weights.map(() => 0)
    for (let i = 0; i < points; i++) counts[draw((i + 0.5) / points)]!++
    const sum = weights.reduce((a, b) => a + b)
    // Each column is cut at one place, so each index misses by less than a point a column.
    return counts.every((count, i) => Math.abs(count - points * weights[i]! / sum) <= 2 * weights.length)
  }), { seed: 11, numRuns: 60 })
})

t.test('random: shares are weights', async t => near(t, shares(random, list(1, 1, 2), 20_000), [0.25, 0.25, 0.5], 0.02))

t.test('p2c: of two, the less loaded one, whichever is drawn first', async t => {
  const [busy, idle] = list(1, 1) as [Candidate, Candidate]
  for (const coins of [[0, 0], [0, 0.99], [0.99, 0], [0.99, 0.99]]) {
    let i = 0
    t.equal(p2c([busy, idle])({ load: c => c === busy ? 10 : 1, random: () => coins[i++ % 2]! }), idle, `coins ${coins.join(', ')}`)
  }
})

t.test('p2c: never the most loaded of a list', async () => {
  fc.assert(fc.property(candidates.filter(of => of.length > 1), fc.nat(), (of, seed) => {
    const even = of.map(c => ({ ...c, weight: 1 }))
    const coin = seeded(seed)
    const load = (c: Candidate) => even.indexOf(c as never) + 1
    const pick = p2c(even)
    for (let i = 0; i < 20; i++) if (pick({ load, random: coin }) === even.at(-1)) return false
    return true
  }), { seed: 12, numRuns: 100 })
})

t.test('p2c: equal loads, shares are weights, for two as for many', async t => {
  near(t, shares(p2c, list(3, 1), 20_000), [0.75, 0.25], 0.02)
  near(t, shares(p2c, list(1, 1, 2, 4), 20_000), [0.125, 0.125, 0.25, 0.5], 0.02)
  near(t, shares(p2c, list(1, 1, 1, 1), 20_000), [0.25, 0.25, 0.25, 0.25], 0.02)
})

t.test('p2c: unequal weights, noise does not decide, a real difference does', async t => {
  const coin = seeded(3)
  near(t, shares(p2c, list(3, 1), 20_000, () => 1 + coin() * 0.2, seeded(4)), [0.75, 0.25], 0.02, 'noise')
  near(t, shares(p2c, list(3, 1), 20_000, c => c.id === 'a' ? 2 : 1), [0, 1], 0, 'difference')
})

t.test('p2c: the second of two equal weights is drawn without bias, with one number', async t => {
  const of = list(1, 1, 1, 1, 1)
  let drawn = 0
  const seen = new Map<string, number>()
  const coin = seeded(5)
  const pick = p2c(of)
  for (let i = 0; i < 20_000; i++) {
    const pair: string[] = []
    pick({ load: c => { pair.push(c.id); return 1 }, random: () => { drawn++; return coin() } })
    seen.set(pair.sort().join(''), (seen.get(pair.join('')) ?? 0) + 1)
  }
  t.equal(drawn, 40_000)
  t.equal(seen.size, 10, 'every pair')
  t.ok([...seen.values()].every(count => Math.abs(count - 2000) < 250), 'equally often')
})

t.test('round robin: within as many calls as the weights add up to, each is taken as often as its weight, from any beginning', async () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }), fc.nat(50), (weights, offset) => {
    const of = list(...weights)
    const pick = roundRobin()(of)
    const sum = weights.reduce((a, b) => a + b)
    for (let i = 0; i < offset; i++) pick({ load: () => 0, random: () => 0 })
    const counts = new Map<string, number>()
    for (let i = 0; i < sum; i++) { const { id } = pick({ load: () => 0, random: () => 0 })!; counts.set(id, (counts.get(id) ?? 0) + 1) }
    return of.every(({ id, weight }) => counts.get(id) === weight)
  }), { seed: 13, numRuns: 200 })
})

t.test('round robin: smooth, begins anywhere, keeps its turn when the list changes', async t => {
  const take = (choice: Choice, of: readonly Candidate[], calls: number) => { const pick = choice(of); return Array.from({ length: calls }, () => pick({ load: () => 0, random: () => 0 })!.id).join('') }
  t.equal(take(roundRobin(), list(5, 1, 1), 7), 'aabacaa')
  const beginnings = new Set(Array.from({ length: 50 }, (_, seed) => take(roundRobin(seeded(seed)), list(1, 1, 1), 1)))
  t.equal(beginnings.size, 3)
  const turn = roundRobin()
  t.equal(take(turn, list(1, 1, 1), 2), 'ab')
  t.equal(take(turn, list(1, 1, 1, 1), 1), 'c', 'c is next although d came')
  t.equal(take(turn, list(1, 1, 1), 3).length, 3)
})

t.test('ring hash: shares are weights', async t => {
  const of = list(1, 1, 2)
  const pick = ringHash(of)
  const counts = [0, 0, 0]
  for (let i = 0; i < 20_000; i++) counts[of.indexOf(pick({ load: () => 0, random: () => 0, key: `user-${i}` })!)]!++
  near(t, counts.map(c => c / 20_000), [0.25, 0.25, 0.5], 0.02)
})

t.test('ring hash: one change moves only what belongs to it', async () => {
  const owners = (of: readonly Candidate[]) => { const pick = ringHash(of); return Array.from({ length: 60 }, (_, i) => pick({ load: () => 0, random: () => 0, key: String(i) })!.id) }
  fc.assert(fc.property(candidates.filter(of => of.length > 1), fc.nat(), fc.integer({ min: 1, max: 200 }), (of, at, weight) => {
    const one = of[at % of.length]!
    const before = owners(of)
    const without = owners(of.filter(c => c !== one))
    const heavier = owners(of.map(c => c === one ? { ...c, weight: c.weight + weight } : c))
    const shuffled = owners([...of].reverse())
    return before.every((owner, i) =>
      (owner === one.id ? without[i] !== one.id : without[i] === owner) && // it gives only its own away, and (read backwards) takes only for itself
      (heavier[i] === owner || heavier[i] === one.id) && // more weight takes, and gives nothing
      shuffled[i] === owner) // the order of the list is nothing
  }), { seed: 14, numRuns: 60 })
})

t.test('ring hash: a skipped owner hands on to the same next one each time; without a key, by weight', async t => {
  const of = list(1, 1, 2)
  const pick = ringHash(of)
  const owner = pick({ load: () => 0, random: () => 0, key: 'k' })!
  const next = pick({ load: () => 0, random: () => 0, key: 'k', skip: c => c === owner })
  t.equal(next, ringHash(of.filter(c => c !== owner))({ load: () => 0, random: () => 0, key: 'k' }))
  near(t, shares(ringHash, of, 20_000), [0.25, 0.25, 0.5], 0.02)
})

const zones = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 50 }), { minKeys: 1 })
t.test('zones: if all callers do so, each zone gets calls in proportion to its capacity; who has enough keeps its calls', async () => {
  fc.assert(fc.property(zones, zones, (callersBy, capacityBy) => {
    const [callers, capacity] = [new Map(Object.entries(callersBy)), new Map(Object.entries(capacityBy))]
    const sum = (map: ReadonlyMap<string, number>) => [...map.values()].reduce((a, b) => a + b, 0)
    const got = new Map<string, number>()
    for (const [zone, calls] of callers) {
      const to = zoneShares(zone, callers, capacity)
      if (Math.abs(sum(to) - 1) > 1e-9) return false
      const [wants, has] = [calls / sum(callers), (capacity.get(zone) ?? 0) / sum(capacity)]
      if (has >= wants && to.get(zone) !== 1) return false
      for (const [target, share] of to) got.set(target, (got.get(target) ?? 0) + share * wants)
    }
    return [...capacity].every(([zone, room]) => Math.abs((got.get(zone) ?? 0) - room / sum(capacity)) < 1e-9)
  }), { seed: 15, numRuns: 300 })
})

t.test('zones: the example, nobody elsewhere, nobody anywhere', async t => {
  const even = new Map([['a', 1], ['b', 1]])
  t.same(zoneShares('a', even, new Map([['a', 1], ['b', 3]])), new Map([['a', 0.5], ['b', 0.5]]))
  t.same(zoneShares('b', even, new Map([['a', 1], ['b', 3]])), new Map([['b', 1]]))
  t.same(zoneShares('c', new Map([['c', 1]]), new Map([['a', 1], ['b', 3]])), new Map([['a', 0.25], ['b', 0.75]]))
  t.same(zoneShares('a', even, new Map()), new Map())
})

t.test('zone aware: stays while there is room, leaves when the local ones are overloaded, ignores zones of a handful', async t => {
  const of = ['x', 'x', 'x', 'y', 'y', 'y'].map((zone, i) => ({ id: `${zone}${i}`, weight: 1, zone }))
  const calls = (choice: Choice, load: (c: Candidate) => number) => { const pick = choice(of); const coin = seeded(6); return Array.from({ length: 300 }, () => pick({ load, random: coin })!.zone) }
  const local = zoneAware(() => p2c, { zone: 'x' })
  t.ok(calls(local, () => 1).every(zone => zone === 'x'))
  t.ok(calls(local, c => c.zone === 'x' ? 10 : 1).every(zone => zone === 'y'), 'ten times the load is reason to leave')
  t.ok(calls(local, c => c.zone === 'x' ? 2 : 1).every(zone => zone === 'x'), 'twice is not')
  t.ok(calls(zoneAware(() => p2c, { zone: 'x', minInstances: 7 }), () => 1).includes('y'))
  t.ok(calls(zoneAware(() => p2c, { zone: 'x', callers: () => new Map([['x', 3], ['y', 1]]) }), () => 1).includes('y'), 'three quarters of the callers have half of the room')
})

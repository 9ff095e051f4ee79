// Laws of chains over any graph of entries: it compiles or is refused; what compiles is whole, without circles, and loses no request.
import t from 'tap'
import fc from 'fast-check'
import { ChainError } from '../../src/chain/chain.js'
import { chainEntries } from '../../src/chain/chain-entries.js'
import { MAX_HOPS, compileChain } from '../../src/chain/compile.js'
import { MAX_SPLITS } from '../../src/chain/splits.js'
import { chainJson } from '../../src/chain/wire.js'
import { heap, refusal } from '../config-entries/support.js'
import type { Chain } from '../../src/chain/chain.js'

const SERVICES = ['a', 'b', 'c', 'd', 'e']
const service = fc.constantFrom(...SERVICES)
const serviceOrNone = fc.constantFrom('', ...SERVICES)
const subset = fc.constantFrom('', '', '', 'v1', 'v2')
const some = <T> (of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined })

/** Mostly one protocol, so that many graphs fit together. */
const defaults = fc.record({ Kind: fc.constant('service-defaults'), Name: service, Protocol: fc.constantFrom('http', 'http', 'http', 'http', 'grpc', 'tcp'), ExternalSNI: fc.constantFrom('', '', '', '', 'x.example') })
const splits = fc.uniqueArray(fc.record({ Service: serviceOrNone, ServiceSubset: subset }), { minLength: 1, maxLength: 3, selector: s => `${s.Service}/${s.ServiceSubset}` })
  .map(list => list.map((split, i) => ({ ...split, Weight: i === 0 ? 100 - 25 * (list.length - 1) : 25 })))
const splitter = fc.record({ Kind: fc.constant('service-splitter'), Name: service, Splits: splits })
const router = fc.record({ Kind: fc.constant('service-router'), Name: service, Routes: fc.array(fc.record({ Match: fc.constantFrom({ HTTP: { PathPrefix: '/x' } }, { HTTP: { PathExact: '/y' } }), Destination: some(fc.record({ Service: serviceOrNone, ServiceSubset: subset })) }), { maxLength: 3 }) })
const failover = fc.oneof(
  fc.record({ Service: service }),
  fc.record({ Datacenters: fc.constantFrom(['dc2'], ['dc3', 'dc1']) }),
  fc.record({ Targets: fc.array(fc.record({ Service: serviceOrNone, Datacenter: fc.constantFrom('', 'dc2') }), { minLength: 1, maxLength: 3 }) })
)
const resolver = fc.record({
  Kind: fc.constant('service-resolver'),
  Name: service,
  Subsets: some(fc.constant({ v1: { Filter: 'Service.Meta.v == 1' }, v2: {} })),
  DefaultSubset: fc.constantFrom('', '', 'v1'),
  Redirect: some(fc.record({ Service: service, Datacenter: fc.constantFrom('', '', 'dc2') })),
  Failover: some(failover.map(of => ({ '*': of }))),
})
const entries = fc.array(fc.oneof(defaults, splitter, splitter, router, resolver, resolver), { maxLength: 12 })

/** Entries that are good each for itself; of two for one service the later. */
function judged (list: readonly object[]): object[] {
  const byPlace = new Map<string, object>()
  for (const entry of SERVICES.map(Name => ({ Kind: 'service-defaults', Name, Protocol: 'http' }) as { Kind: string, Name: string }).concat(list as never[])) {
    const plain = JSON.parse(JSON.stringify(entry)) as { Kind: string, Name: string }
    if (refusal(plain) === undefined) byPlace.set(`${plain.Kind}/${plain.Name}`, plain)
  }
  return [...byPlace.values()]
}

function compiled (list: readonly object[], of: string): Chain | string {
  try {
    return compileChain(chainEntries(heap(...list), of), { service: of, datacenter: 'dc1', trustDomain: 'td' })
  } catch (error) {
    if (error instanceof ChainError) return error.message
    throw error
  }
}

const nextOf = (chain: Chain, key: string): readonly string[] => {
  const node = chain.nodes.get(key)!
  return node.type === 'router' ? node.routes.map(route => route.next) : node.type === 'splitter' ? node.splits.map(split => split.next) : []
}

/** What is wrong with a chain; `undefined` when it is whole. */
function fault (chain: Chain): string | undefined {
  const { nodes, targets, start } = chain
  if (!nodes.has(start)) return 'the start is no node'
  const reached = new Set<string>()
  const walk = (key: string, way: readonly string[]): string | undefined => {
    if (way.includes(key)) return `a circle: ${[...way, key].join(' ')}`
    if (way.length > MAX_HOPS + 2) return 'too deep'
    if (!nodes.has(key)) return `${way.at(-1)} leads to ${key}, which is no node`
    reached.add(key)
    return nextOf(chain, key).map(next => walk(next, [...way, key])).find(found => found !== undefined)
  }
  const lost = walk(start, [])
  if (lost !== undefined) return lost
  for (const [key, node] of nodes) {
    if (!reached.has(key)) return `${key} is reached by nobody`
    if (node.type === 'router' && node.routes.at(-1)!.definition.Match!.HTTP!.PathPrefix !== '/') return 'a request that no route takes is lost'
    if (node.type === 'splitter') {
      const sum = node.splits.reduce((total, split) => total + split.weight, 0)
      if (Math.abs(sum - 100) > 0.2) return `${key} splits ${sum} percent`
      if (node.splits.length > MAX_SPLITS) return 'too many splits'
      if (node.splits.some(split => nodes.get(split.next)!.type !== 'resolver')) return 'a split leads to no resolver'
    }
    if (node.type === 'resolver') {
      const missing = [node.name, ...node.failover].find(id => !targets.has(id))
      if (missing !== undefined) return `${missing} is no target`
    }
  }
  const used = new Set([...nodes.values()].flatMap(node => node.type === 'resolver' ? [node.name, ...node.failover] : []))
  for (const id of targets.keys()) if (!used.has(id)) return `nobody needs target ${id}`
  return undefined
}

t.test('every graph compiles or is refused, and what compiles is whole', async t => {
  let whole = 0
  let refused = 0
  fc.assert(fc.property(entries, service, (list, of) => {
    const chain = compiled(judged(list), of)
    if (typeof chain === 'string') {
      refused++
      return chain.length > 0
    }
    whole++
    const found = fault(chain)
    if (found !== undefined) throw new Error(found)
    return true
  }), { seed: 11, numRuns: 1200 })
  t.ok(whole > 300 && refused > 100, `both happen: ${whole} whole, ${refused} refused`)
})

t.test('the order in which entries were written is nothing', async t => {
  fc.assert(fc.property(entries, service, fc.infiniteStream(fc.nat()), (list, of, order) => {
    const all = judged(list)
    const keys = new Map(all.map(entry => [entry, order.next().value as number]))
    const shuffled = all.toSorted((a, b) => keys.get(a)! - keys.get(b)!)
    const show = (chain: Chain | string): string => typeof chain === 'string' ? chain : JSON.stringify(chainJson(chain, { automatic: null, manual: null }))
    return show(compiled(all, of)) === show(compiled(shuffled, of))
  }), { seed: 12, numRuns: 300 })
  t.pass()
})

t.test('entries that a chain does not say it looked at change nothing about it', async t => {
  fc.assert(fc.property(entries, service, fc.oneof(splitter, router, resolver, defaults), (list, of, extra) => {
    const all = judged(list)
    if (refusal(extra) !== undefined) return true
    const { looked } = chainEntries(heap(...all), of)
    if (looked.some(([kind, name]) => kind === extra.Kind && name === extra.Name)) return true
    const with_ = [...all.filter(entry => (entry as { Kind: string }).Kind !== extra.Kind || (entry as { Name: string }).Name !== extra.Name), extra]
    const show = (chain: Chain | string): string => typeof chain === 'string' ? chain : JSON.stringify(chainJson(chain, { automatic: null, manual: null }))
    return show(compiled(all, of)) === show(compiled(with_, of))
  }), { seed: 13, numRuns: 500 })
  t.pass()
})

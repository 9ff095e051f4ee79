// Laws of lists from DNS: SRV before addresses, the best priority only, rotation is no change, "there is none" is doubted before it is believed, and a name server that is silent
// empties nothing.
import t from 'tap'
import { DnsSource, resolveInstances } from '../../src/discovery/dns-source.js'
import type { Questions } from '../../src/discovery/dns-source.js'
import { fakeClock } from '../support/fake-clock.js'
import { until } from '../support/conditions.js'

const none = (code = 'ENOTFOUND') => Promise.reject(Object.assign(new Error(`query ${code}`), { code }))
const addresses = (...list: string[]) => list.map(address => ({ address, ttl: 5 }))
const ask = (srv: Questions['srv'], a: Questions['addresses']): Questions => ({ srv, addresses: a })
const shown = ({ instances }: { instances: ReadonlyArray<{ id: string, weight: number }> }) => instances.map(({ id, weight }) => `${id} ${weight}`)

t.test('SRV: the best priority, with its weights, in a lasting order', async t => {
  const records = [{ name: 'b', port: 2, priority: 1, weight: 0 }, { name: 'a', port: 1, priority: 1, weight: 9 }, { name: 'spare', port: 3, priority: 2, weight: 1 }]
  const asked: string[] = []
  const questions = ask(name => { asked.push(name); return Promise.resolve(records) }, name => Promise.resolve(addresses(name === 'a' ? '10.0.0.1' : '10.0.0.2')))
  const found = await resolveInstances('web', { domain: 'shop.example.org', portName: 'http' }, questions)
  t.same(shown(found), ['10.0.0.1:1 9', '10.0.0.2:2 1'])
  t.equal(found.ttlMs, 5000)
  t.same(asked, ['_http._tcp.web.shop.example.org'])
})

t.test('without SRV records the addresses, at the port that was given', async t => {
  t.same(shown(await resolveInstances('web', { port: 8080 }, ask(() => none('ENODATA'), () => Promise.resolve(addresses('10.0.0.2', '10.0.0.1'))))), ['10.0.0.1:8080 1', '10.0.0.2:8080 1'])
  t.same(shown(await resolveInstances('web', {}, ask(() => none(), () => none()))), [])
  await t.rejects(resolveInstances('web', {}, ask(() => none('ESERVFAIL'), () => none())), { code: 'ESERVFAIL' })
})

t.test('asked again at the pace of the TTL; the same answer is no change; silence empties nothing; "none" is believed in the end', async t => {
  const clock = fakeClock()
  let answer: () => Promise<ReadonlyArray<{ address: string, ttl: number }>> = () => Promise.resolve(addresses('10.0.0.1', '10.0.0.2'))
  let asked = 0
  const source = new DnsSource('web', {}, { ask: ask(() => none('ENODATA'), () => { asked++; return answer() }), clock, random: () => 0.5 })
  const turn = async (ms: number) => { await until('a timer', () => clock.pending > 0); const before = asked; clock.advance(ms); await until('asked', () => asked > before); await new Promise(resolve => setImmediate(resolve)) }
  await source.ready()
  t.match(source.snapshot(), { source: 'dns', complete: true })
  const first = source.instances
  answer = () => Promise.resolve(addresses('10.0.0.2', '10.0.0.1'))
  await turn(5000)
  t.equal(source.instances, first, 'rotated')
  answer = () => none('ETIMEOUT')
  await turn(5000)
  t.equal(source.instances, first, 'silence')
  t.ok(source.snapshot().ageMs >= 0)
  answer = () => none()
  await turn(5000)
  t.equal(source.instances.length, 2, 'doubted')
  for (let i = 0; i < 7 && source.instances.length > 0; i++) await turn(5500)
  t.equal(source.instances.length, 0, 'believed')
  source.close()
})

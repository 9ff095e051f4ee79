// Laws of recursors: other domains are handed on as they came and answered as they come back; the next one is asked on failure and silence; nothing forged gets in.
import { alwaysFresh } from '../../src/freshness.js'
import { createSocket } from 'node:dgram'
import t from 'tap'
import { isAnswerTo, Recursors, splitAddress } from '../../src/dns/recursors.js'
import { decodeRequest } from '../../src/dns/request.js'
import { defaults } from '../../src/config/defaults.js'
import { systemClock } from '../../src/clock.js'
import { silentLog } from '../../src/telemetry/log.js'
import { fakeClock } from '../support/fake-clock.js'
import { Catalog, question, shows, testDoor } from './support.js'
import { upstream } from './upstream.js'
import type { Request } from '../../src/dns/request.js'

const a = (data: string): Record<string, unknown> => ({ type: 'A', data })

t.test('what is not ours is handed on by the client\'s transport, and handed back whole', async t => {
  const up = await upstream(t, {
    'www.example.com': { answers: [a('192.0.2.10'), a('192.0.2.11')] },
    'cut.example.com': { answers: [a('192.0.2.99')], mangle: bytes => { bytes[2]! |= 0x02; return [bytes] } },
    'empty.example.com': {},
  })
  const { catalog, ask } = await testDoor(t, { dns: { recursors: [up.address] } })
  await catalog.node('n1', '198.51.100.1')
  await catalog.service('n1', 'web')
  shows(t, await ask('WWW.Example.com'), { rcode: 'NOERROR', answers: ['WWW.Example.com 77 A 192.0.2.10', 'WWW.Example.com 77 A 192.0.2.11'], aa: false, ra: true })
  shows(t, await ask('www.example.com', 'A', { tcp: true, rd: false }), { answers: [/10$/, /11$/], rd: false })
  shows(t, await ask('cut.example.com'), { tc: true })
  shows(t, await ask('empty.example.com'), { rcode: 'NOERROR', answers: [] })
  shows(t, await ask('missing.example.com'), { rcode: 'NXDOMAIN', authority: [] })
  t.strictSame(up.asked.slice(0, 2), ['udp WWW.Example.com A', 'tcp www.example.com A'])
  await ask('www.example.com', 'TXT', { edns: 1400, subnet: '203.0.113.0/24' })
  const { edns } = decodeRequest(up.packets.at(-1)!, 'udp') as Request
  t.match(edns, { udpBytes: 1400, subnet: { sourceBits: 24 } })
  shows(t, await ask('web.service.consul'), { answers: [/198\.51\.100\.1$/], aa: true, ra: true }, 'ours stays ours')
  shows(t, await ask('absent.service.consul'), { rcode: 'NXDOMAIN', aa: true, ra: true })
  shows(t, await ask('9.9.9.9.in-addr.arpa', 'PTR'), { rcode: 'NXDOMAIN', aa: false }, 'an address that nobody here has is asked for')
  shows(t, await ask('1.100.51.198.in-addr.arpa', 'PTR'), { rcode: 'NOERROR', aa: true })
})

t.test('the next one is asked on failure and silence, not on no such name; when all fail it is SERVFAIL', async t => {
  const silent = { silent: true }
  const first = await upstream(t, { 'refused.test': { rcode: 5 }, 'failing.test': { rcode: 2 }, 'silent.test': silent, 'first.test': { answers: [a('192.0.2.1')] }, 'dead.test': silent, 'broken.test': { rcode: 2 } })
  const other = { answers: [a('192.0.2.2')] }
  const second = await upstream(t, { 'refused.test': other, 'failing.test': other, 'silent.test': other, 'first.test': other, 'absent.test': other, 'dead.test': silent, 'broken.test': { rcode: 5 } })
  const { ask, door } = await testDoor(t, { dns: { recursors: [first.address, second.address], recursorTimeoutMs: 60 } })
  for (const [name, last] of [['first.test', '1'], ['refused.test', '2'], ['failing.test', '2'], ['silent.test', '2']]) {
    for (const tcp of [false, true]) t.equal((await ask(name!, 'A', { tcp })).answers[0]?.at(-1), last, `${name}${tcp ? ' over TCP' : ''}`)
  }
  shows(t, await ask('absent.test'), { rcode: 'NXDOMAIN' })
  for (const name of ['dead.test', 'broken.test']) shows(t, await ask(name), { rcode: 'SERVFAIL', aa: false, ra: true, answers: [] }, name)
  t.equal((await ask('broken.test', 'A', { edns: 1232 })).opt?.udpPayloadSize, 1232)
  t.equal(door.recursorStats.failed, 3)
  t.equal(door.recursorStats.waiting, 0)
})

t.test('a recursor that is not there is passed over at once', async t => {
  const up = await upstream(t, { 'www.test': { answers: [a('192.0.2.1')] } })
  const gone = createSocket('udp4')
  await new Promise<void>(resolve => gone.bind(0, '127.0.0.1', resolve))
  const { port } = gone.address()
  await new Promise<void>(resolve => gone.close(resolve))
  const { ask } = await testDoor(t, { dns: { recursors: [`127.0.0.1:${port}`, 'no.such.host.invalid:53', up.address], recursorTimeoutMs: 20_000 } })
  for (const tcp of [false, true]) shows(t, await ask('www.test', 'A', { tcp }), { answers: [/192\.0\.2\.1$/] })
})

t.test('strategy random asks either first', async t => {
  const ups = [await upstream(t, { 'who.test': { answers: [a('192.0.2.1')] } }), await upstream(t, { 'who.test': { answers: [a('192.0.2.2')] } })]
  const { ask, reload } = await testDoor(t, { dns: { recursors: ups.map(u => u.address), recursorStrategy: 'random' } })
  const seen = new Set<string>()
  for (let i = 0; i < 40; i++) seen.add((await ask('who.test')).answers[0]!)
  t.equal(seen.size, 2)
  reload({ recursors: ups.map(u => u.address) })
  const before = ups[1]!.asked.length
  for (let i = 0; i < 5; i++) await ask('who.test')
  t.equal(ups[1]!.asked.length, before, 'sequential: the first one')
})

t.test('names outside that our answers lead to are asked for, over UDP, and belong to the answer', async t => {
  const up = await upstream(t, {
    'db.example.com': { answers: [a('192.0.2.77')] },
    'chain.example.com': { answers: [{ type: 'CNAME', data: 'c1.example.com' }, ...[1, 2, 3, 4, 5, 6].map(i => a(`192.0.2.${i}`)), { type: 'TXT', data: 'not for us' }] },
    'failing.test': { rcode: 2 },
  })
  const { catalog, ask } = await testDoor(t, { dns: { recursors: [up.address], serviceTtlMs: { '*': 5000 }, nodeTtlMs: 9000 } })
  await catalog.node('n1', 'db.example.com')
  await catalog.service('n1', 'db')
  await catalog.service('n1', 'long', { address: 'chain.example.com' })
  await catalog.service('n1', 'lost', { address: 'failing.test' })
  for (const type of ['A', 'AAAA', 'MX']) shows(t, await ask('db.service.consul', type), { answers: ['db.service.consul 5 CNAME db.example.com', 'db.example.com 5 A 192.0.2.77'], aa: true }, type)
  shows(t, await ask('db.service.consul', 'SRV'), { answers: ['db.service.consul 5 SRV 1 1 80 db.example.com'], additional: ['db.example.com 5 A 192.0.2.77'] })
  shows(t, await ask('n1.node.consul'), { answers: ['n1.node.consul 9 CNAME db.example.com', 'db.example.com 77 A 192.0.2.77'] })
  t.equal((await ask('long.service.consul', 'A', { tcp: true })).answers.length, 6)
  t.equal((await ask('long.service.consul', 'A', { edns: 4096 })).answers.length, 8)
  shows(t, await ask('lost.service.consul'), { rcode: 'NOERROR', answers: ['lost.service.consul 5 CNAME failing.test'] })
  t.ok(up.asked.every(question => question.startsWith('udp ')))
})

t.test('a service with very many names outside asks for a bounded number of them', async t => {
  const up = await upstream(t, {})
  const { catalog, ask } = await testDoor(t, { dns: { recursors: [up.address] } })
  await catalog.node('n1', '198.51.100.1')
  for (let i = 0; i < 100; i++) await catalog.service('n1', 'many', { id: `${i}`, address: `host-${i}.example.com` })
  t.equal((await ask('many.service.consul', 'SRV', { tcp: true })).answers.length, 100)
  t.ok(up.asked.length <= 32)
})

t.test('what is no answer to the question is passed over: another id, another name, a question', async t => {
  const forged = (bytes: Buffer, change: (copy: Buffer) => void): Buffer => {
    const copy = Buffer.from(bytes)
    change(copy)
    return copy
  }
  const up = await upstream(t, {
    'www.test': {
      answers: [a('192.0.2.1')],
      mangle: bytes => [
        forged(bytes, b => { b[0]! ^= 0xff; b[b.length - 1] = 66 }), forged(bytes, b => { b[13]! ^= 0x01; b[b.length - 1] = 66 }), forged(bytes, b => { b[2]! &= 0x7f; b[b.length - 1] = 66 }),
        Buffer.from('junk'), forged(bytes, () => {}),
      ],
    },
  })
  const { ask } = await testDoor(t, { dns: { recursors: [up.address] } })
  for (const tcp of [false, true]) shows(t, await ask('www.test', 'A', { tcp }), { answers: ['www.test 77 A 192.0.2.1'] })
})

t.test('answers are known by id, direction and question, in any letter case', async t => {
  const asked = question('www.Example.com', 'A', { id: 7 })
  const answer = Buffer.from(asked)
  answer[2]! |= 0x80
  t.ok(isAnswerTo(asked, answer))
  t.ok(isAnswerTo(asked, Buffer.from(answer.toString('latin1').replace('Example', 'eXAMPLE'), 'latin1')))
  t.notOk(isAnswerTo(asked, Buffer.from(answer.toString('latin1').replace('Example', 'Another'), 'latin1')))
  t.notOk(isAnswerTo(asked, asked))
  t.notOk(isAnswerTo(asked, answer.subarray(0, 11)))
  t.notOk(isAnswerTo(asked, answer.subarray(0, 20)))
})

t.test('where a recursor is', async t => {
  for (const [text, host, port] of [['10.0.0.1:5353', '10.0.0.1', 5353], ['10.0.0.1', '10.0.0.1', 53], ['[fd00::1]:53', 'fd00::1', 53], ['[fd00::1]', 'fd00::1', 53], ['fd00::1', 'fd00::1', 53], ['dns.example:54', 'dns.example', 54]] as const) {
    t.strictSame(splitAddress(text), { host, port }, text)
  }
})

t.test('questions that wait are bounded; past the bound the answer is SERVFAIL at once; a door that closes lets none wait on', async t => {
  const up = await upstream(t, { 'dead.test': { silent: true } })
  const { state } = await Catalog.open()
  const recursors = new Recursors({ config: defaults, clock: systemClock, random: Math.random, log: silentLog, state, freshness: alwaysFresh(state) })
  const config = { ...defaults.dns, recursors: [up.address], recursorTimeoutMs: 60_000 }
  const request = decodeRequest(question('dead.test', 'A'), 'udp') as Request
  let settled = 0
  const waiting = Array.from({ length: 1010 }, () => recursors.forward(request, config).then(answer => {
    settled++
    return answer
  }))
  await new Promise(resolve => setImmediate(resolve))
  t.equal(recursors.stats.waiting, 1000)
  t.equal(recursors.stats.refused, 10)
  t.equal(settled, 10)
  recursors.close()
  t.strictSame(new Set(await Promise.all(waiting)), new Set([undefined]))
  t.equal(recursors.stats.waiting, 0)
})

t.test('each recursor has its time, by the clock', async t => {
  const up = await upstream(t, { 'dead.test': { silent: true } })
  const clock = fakeClock()
  const { state } = await Catalog.open()
  const recursors = new Recursors({ config: defaults, clock, random: Math.random, log: silentLog, state, freshness: alwaysFresh(state) })
  const answer = recursors.forward(decodeRequest(question('dead.test', 'A'), 'udp') as Request, { ...defaults.dns, recursors: [up.address, up.address], recursorTimeoutMs: 2000 })
  await clock.advance(1999)
  t.equal(clock.pending, 1)
  await clock.advance(1)
  await clock.advance(1999)
  t.equal(recursors.stats.waiting, 1)
  await clock.advance(1)
  t.equal(await answer, undefined)
  t.equal(clock.pending, 0)
})

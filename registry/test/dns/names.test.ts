// Laws of names: each form asks for what the table says, letter case never counts, and no name whatever asks for something that is not there.
import t from 'tap'
import fc from 'fast-check'
import { TYPE } from '../../src/dns/codes.js'
import { parseName, splitName, zonesOf } from '../../src/dns/names.js'
import type { Asked } from '../../src/dns/names.js'

const zones = zonesOf('consul.', 'alt.example.')
const parse = (name: string, type: number = TYPE.A): Asked => parseName(splitName(name), type, zones)

/** What is asked, in short. */
function shown (asked: Asked): string {
  switch (asked.kind) {
    case 'outside': case 'unknown': return asked.kind
    case 'reverse': case 'address': return `${asked.kind} ${asked.address === undefined ? 'none' : Buffer.from(asked.address).toString('hex')}`
    default: {
      const what = asked.kind === 'service' ? `${asked.service} tag=${asked.tag}` : asked.kind === 'node' ? asked.node : asked.kind === 'query' ? asked.query : asked.service
      const place = Object.entries(asked.place).filter(([, value]) => value !== '').map(([key, value]) => ` ${key}=${value}`).join('')
      return `${asked.kind} ${what}${place}`
    }
  }
}

const addresses: ReadonlyArray<readonly [name: string, asked: string, type?: number]> = [
  ['web.service.consul', 'service web tag='],
  ['WEB.Service.CONSUL.', 'service web tag='],
  ['primary.web.service.consul', 'service web tag=primary'],
  ['v1.2.web.service.consul', 'service web tag=v1.2'],
  ['service.web.service.consul', 'service web tag=service'],
  ['web.service.service.consul', 'service service tag=web'],
  ['web.service.dc1.consul', 'service web tag= datacenterOrPeer=dc1'],
  ['web.service.dc1.dc.consul', 'service web tag= datacenter=dc1'],
  ['web.service.east.peer.consul', 'service web tag= peer=east'],
  ['web.service.metrics.port.consul', 'service web tag= port=metrics'],
  ['web.service.metrics.port.dc1.dc.consul', 'service web tag= datacenter=dc1 port=metrics'],
  ['web.service.dc1.dc.metrics.port.consul', 'service web tag= datacenter=dc1 port=metrics'],
  ['web.service.dc1.dc.dc2.dc.consul', 'service web tag= datacenter=dc2'],
  ['web.service.east.peer.dc1.dc.consul', 'unknown'],
  ['web.service.default.ns.dc1.consul', 'unknown'],
  ['web.service.default.ap.consul', 'unknown'],
  ['web.service.a.b.c.consul', 'unknown'],
  ['web.service.consul.consul', 'service web tag= datacenterOrPeer=consul'],
  ['_web._tcp.service.consul', 'service web tag='],
  ['_web._TCP.service.consul', 'service web tag='],
  ['_web._udp.service.consul', 'service web tag=udp'],
  ['_web._.service.consul', 'service web tag='],
  ['web._tcp.service.consul', 'service _tcp tag=web'],
  ['_primary._web._tcp.service.consul', 'service _tcp tag=_primary._web'],
  ['_web._tcp.consul', 'unknown'],
  ['_web._tcp.consul', 'service web tag=', TYPE.SRV],
  ['_web._primary.dc1.consul', 'service web tag=primary datacenterOrPeer=dc1', TYPE.SRV],
  ['_web._tcp.metrics.port.consul', 'service web tag= port=metrics', TYPE.SRV],
  ['_web.consul', 'service _web tag=', TYPE.SRV],
  ['foo._web._tcp.consul', 'service _tcp tag=foo._web', TYPE.SRV],
  ['alpha.node.consul', 'node alpha'],
  ['gamma.rack1.node.dc1.consul', 'node gamma.rack1 datacenterOrPeer=dc1'],
  ['web.service.node.consul', 'node web.service'],
  ['web.connect.consul', 'connect web'],
  ['anything.web.connect.dc1.consul', 'connect web datacenterOrPeer=dc1'],
  ['web.ingress.consul', 'ingress web'],
  ['x.web.virtual.east.consul', 'virtual web datacenterOrPeer=east'],
  ['tag.b.query.consul', 'query tag.b'],
  ['_tag.b._tcp.query.consul', 'query tag.b'],
  ['_strict.query.consul', 'query _strict'],
  ['c0a80001.addr.consul', 'address c0a80001'],
  ['C0A80001.addr.a.b.c.consul', 'address c0a80001'],
  ['20010db8000000000000000000000001.addr.consul', 'address 20010db8000000000000000000000001'],
  ['c0a8000.addr.consul', 'unknown'],
  ['c0a800xy.addr.consul', 'unknown'],
  ['one.c0a80001.addr.consul', 'unknown'],
  ['192.168.0.1.addr.consul', 'unknown'],
  ['c0a80001.addr.service.consul', 'service addr tag=c0a80001'],
  ['service.consul', 'unknown'], ['node.consul', 'unknown'], ['query.consul', 'unknown'], ['addr.consul', 'unknown'], ['virtual.consul', 'unknown'],
  ['web.consul', 'unknown'], ['consul', 'unknown'], ['web.services.consul', 'unknown'], ['ns.consul', 'unknown'],
  ['web.service.alt.example', 'service web tag='], ['alt.example', 'unknown'],
  ['example', 'outside'], ['web.service', 'outside'], ['web.service.consulx', 'outside'], ['xconsul', 'outside'], ['.', 'outside'], ['www.example.com', 'outside'],
  ['1.100.51.198.in-addr.arpa', 'reverse c6336401'],
  ['1.100.51.198.IN-ADDR.Arpa', 'reverse c6336401'],
  ['2.4.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.d.0.1.0.0.2.ip6.arpa', 'reverse 20010db8000000000000000000000042'],
  ['100.51.198.in-addr.arpa', 'reverse none'], ['300.100.51.198.in-addr.arpa', 'reverse none'], ['001.100.51.198.in-addr.arpa', 'reverse none'],
  ['x.1.100.51.198.in-addr.arpa', 'reverse none'], ['in-addr.arpa', 'reverse none'], ['arpa', 'reverse none'],
]

t.test('each form of name asks for what it says', async t => {
  for (const [name, asked, type] of addresses) t.equal(shown(parse(name, type)), asked, `${name}${type === TYPE.SRV ? ' SRV' : ''}`)
})

t.test('targets end as the question wrote its domain; refusals carry the SOA of the zone, the bare alternative domain that of the main one', async t => {
  const zone = (name: string): unknown => (parse(name) as { zone: { written: string, soa: string } }).zone
  t.match(zone('web.service.ConSul'), { written: 'ConSul.', name: 'consul.', soa: 'consul.' })
  t.match(zone('web.service.ALT.Example'), { written: 'ALT.Example.', name: 'alt.example.', soa: 'alt.example.' })
  t.match(zone('alt.example'), { written: 'alt.example.', name: 'alt.example.', soa: 'consul.' })
  t.match(zone('9.9.9.9.in-addr.arpa'), { written: 'consul.', soa: 'consul.' })
})

t.test('of two domains that hold one another the longer one counts', async t => {
  const nested = zonesOf('example.', 'corp.example.')
  t.match(parseName(['web', 'service', 'corp', 'example'], TYPE.A, nested), { kind: 'service', zone: { name: 'corp.example.' } })
  t.match(parseName(['web', 'service', 'example'], TYPE.A, nested), { kind: 'service', zone: { name: 'example.' } })
})

const word = fc.constantFrom('web', 'service', 'node', 'query', 'addr', 'connect', 'ingress', 'virtual', 'dc', 'peer', 'port', '_web', '_tcp', '_', 'c0a80001', 'dc1', 'consul', 'alt', 'example', 'arpa', 'in-addr', 'ip6', '1', '')
const labels = fc.array(fc.oneof(word, fc.string({ maxLength: 12 })), { maxLength: 10 })
const type = fc.constantFrom(TYPE.A, TYPE.SRV, TYPE.ANY, 65535)

t.test('any labels at all ask for something, in any letter case for the same', async () => {
  const flip = (label: string): string => [...label].map((c, i) => i % 2 === 0 ? c.toUpperCase() : c.toLowerCase()).join('')
  fc.assert(fc.property(labels, type, (labels, type) => {
    // Letters whose upper case is longer or not their own (ß, ſ) are no matter of letter case.
    fc.pre(labels.every(label => flip(label).toLowerCase() === label.toLowerCase()))
    return shown(parseName(labels, type, zones)) === shown(parseName(labels.map(flip), type, zones))
  }), { seed: 11, numRuns: 1000 })
})

t.test('what is in one of our domains is never asked of others, and the reverse', async () => {
  fc.assert(fc.property(labels, type, (labels, type) => {
    const ours = ['consul', 'alt.example', 'arpa'].some(zone => `.${labels.join('.')}`.toLowerCase().endsWith(`.${zone}`))
    fc.pre(labels.every(label => !label.includes('.')))
    return (parseName(labels, type, zones).kind === 'outside') === !ours
  }), { seed: 12, numRuns: 1000 })
})

// Packets that nobody means: noise, mutations of questions, and questions of odd parts. The same seed gives the same packets.
import { Buffer } from 'node:buffer'
import { question } from './support.js'

/** mulberry32. */
export function random (seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let n = Math.imul(state ^ state >>> 15, 1 | state)
    n = n + Math.imul(n ^ n >>> 7, 61 | n) ^ n
    return ((n ^ n >>> 14) >>> 0) / 2 ** 32
  }
}

const NAMES = [
  'web.service.consul', 'ten.service.consul', 'primary.web.service.dc1.consul', '_web._tcp.consul', 'n1.node.consul', 'c0a80001.addr.consul', 'web.connect.consul', 'web.virtual.consul', 'q.query.consul',
  '1.100.51.198.in-addr.arpa', `${'1.'.repeat(32)}ip6.arpa`, 'www.example.com', 'consul', 'alias.service.consul', 'WEB.Service.Consul', `${'x'.repeat(63)}.${'y'.repeat(63)}.service.consul`,
]
const TYPES = ['A', 'AAAA', 'SRV', 'TXT', 'ANY', 'SOA', 'NS', 'PTR', 'MX', 'CNAME', 'AXFR', 'OPT']

export function packets (seed: number): () => Buffer {
  const next = random(seed)
  const below = (n: number): number => Math.floor(next() * n)
  const one = <T>(list: readonly T[]): T => list[below(list.length)]!
  const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)))
  const sane = (): Buffer => question(one(NAMES), one(TYPES), {
    id: below(65536), rd: next() < 0.5, edns: next() < 0.5 ? undefined : one([100, 512, 600, 1232, 4096, 65535]), subnet: next() < 0.2 ? one(['203.0.113.0/24', '0.0.0.0/0']) : undefined,
  })
  const kinds: ReadonlyArray<() => Buffer> = [
    sane,
    () => noise(below(80)),
    () => Buffer.concat([Buffer.from([below(256), below(256), 1, 0, 0, 1, 0, below(3), 0, below(3), 0, below(4)]), noise(below(120))]),
    () => sane().subarray(0, below(60)),
    () => Buffer.concat([sane(), noise(below(40))]),
    () => {
      const packet = Buffer.from(sane())
      for (let i = 1 + below(6); i > 0; i--) packet[below(packet.length)] = below(256)
      return packet
    },
    () => {
      const packet = Buffer.from(sane())
      packet.writeUInt16BE(below(65536), 2 + 2 * below(5))
      return packet
    },
    () => {
      const [a, b] = [sane(), sane()]
      return Buffer.concat([a.subarray(0, below(a.length)), b.subarray(below(b.length))])
    },
  ]
  return () => one(kinds)()
}

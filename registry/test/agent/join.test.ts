// Joining: the own address is all there is to join; others are told how far it went.
import t from 'tap'
import { join } from '../../src/agent/about/join.js'
import { devDefaults } from '../../src/config/defaults.js'
import type { JoinNet } from '../../src/agent/about/join.js'

const net: JoinNet = {
  async lookup (host) {
    if (host === 'self.example.org') return '127.0.0.1'
    throw new Error('ENOTFOUND')
  },
  async dial (host, port) {
    if (port === 1) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    if (port === 2) throw new Error('i/o timeout')
  },
}

for (const [target, network] of [['127.0.0.1', 'lan'], ['127.0.0.1:8301', 'lan'], ['127.0.0.1:8302', 'wan'], ['self.example.org', 'lan']] as const) {
  t.test(`${target} on ${network} is this server`, async t => { await t.resolves(join(target, network, devDefaults, net)) })
}

for (const [target, message] of [
  ['', 'resolve : lookup : no such host'],
  ['other.example.org', 'resolve other.example.org: lookup other.example.org: no such host'],
  ['a:b:c', 'resolve a:b:c: lookup a:b:c: no such host'],
  ['127.0.0.1:1', 'join 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused'],
  ['[::1]:2', 'join [::1]:2: dial tcp [::1]:2: i/o timeout'],
  ['::1', 'join [::1]:8301: this server keeps its state alone, other servers cannot be joined'],
] as const) {
  t.test(`'${target}' is refused`, async t => { await t.rejects(join(target, 'lan', devDefaults, net), { message: `1 error occurred:\n\t* Failed to ${message}\n\n` }) })
}

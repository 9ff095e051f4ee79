// Law of host and port: what Go takes is taken, what it refuses is refused in its words, and joining undoes splitting.
import t from 'tap'
import fc from 'fast-check'
import { joinHostPort, splitHostPort } from '../../../src/health/net/host-port.js'

for (const [text, host, port] of [
  ['127.0.0.1:80', '127.0.0.1', 80], ['[::1]:80', '::1', 80], [':80', '', 80], ['host:', 'host', 0], ['[fe80::1%eth0]:1', 'fe80::1%eth0', 1], ['a.example:65535', 'a.example', 65535],
] as const) t.test(text, async t => t.strictSame(splitHostPort(text), { host, port }))

for (const [text, why] of [
  ['no-port', 'address no-port: missing port in address'],
  ['', 'address : missing port in address'],
  ['::1:80', 'address ::1:80: too many colons in address'],
  ['[::1]', 'address [::1]: missing port in address'],
  ['[::1', "address [::1: missing ']' in address"],
  ['[::1]:80:90', 'address [::1]:80:90: too many colons in address'],
  ['h:99999', 'address 99999: invalid port'],
  ['h:-1', 'address -1: invalid port'],
  ['h:abc', 'lookup tcp/abc: unknown port'],
] as const) t.test(JSON.stringify(text), async t => t.throws(() => splitHostPort(text), { message: why }))

t.test('joining undoes splitting', async () => {
  fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), fc.nat(65535), (host, port) => {
    const split = splitHostPort(joinHostPort(host, port))
    return split.host === host && split.port === port
  }), { seed: 10, numRuns: 200 })
})

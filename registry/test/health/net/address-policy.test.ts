// Law of the policy: a denied network is not reached under any spelling of its addresses; an allowed one is reached all the same.
import t from 'tap'
import fc from 'fast-check'
import { AddressPolicy } from '../../../src/health/net/address-policy.js'

const policy = new AddressPolicy(['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254', '100.100.100.200'], ['169.254.7.0/24'])

for (const address of [
  '169.254.169.254', '169.254.0.1', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '::169.254.169.254', '64:ff9b::a9fe:a9fe', '64:ff9b::169.254.169.254', '2002:a9fe:a9fe::1',
  'fe80::1', 'fe80::1%eth0', 'febf:ffff::1', 'fd00:ec2::254', 'fd00:0ec2:0:0:0:0:0:0254', '100.100.100.200', '::ffff:100.100.100.200',
]) t.test(`${address} is denied`, async t => t.equal(policy.allows(address), false))

for (const address of ['127.0.0.1', '::1', '10.0.0.1', '169.253.0.1', '169.255.0.1', 'fec0::1', 'fd00:ec2::253', '100.100.100.201', '2002:0a00:0001::1', '169.254.7.1', '::ffff:169.254.7.1']) {
  t.test(`${address} is reached`, async t => t.equal(policy.allows(address), true))
}

t.test('an IPv4 address and all its IPv6 forms fare alike', async () => {
  fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.nat(65535).map(n => `169.254.${n >> 8}.${n & 255}`)), v4 => {
    const bytes = v4.split('.').map(Number)
    const hex = `${(bytes[0]! << 8 | bytes[1]!).toString(16)}:${(bytes[2]! << 8 | bytes[3]!).toString(16)}`
    return [`::ffff:${v4}`, `::ffff:${hex}`, `0:0:0:0:0:ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::`].every(v6 => policy.allows(v6) === policy.allows(v4))
  }), { seed: 9, numRuns: 200 })
})

t.test('a text that is no network is refused when the policy is made', async t => {
  for (const text of ['nonsense', '10.0.0.0/33', '10.0.0.0/x', 'fe80::/129']) t.throws(() => new AddressPolicy([text], []), text)
})

// A registration without an address, from another host, at a node that is known as loopback, is told what its callers would get.
import t from 'tap'
import { addressWarning } from '../../src/agent/address-warning.js'
import { devDefaults } from '../../src/config/defaults.js'

const at = (advertise: string) => ({ ...devDefaults, addresses: { ...devDefaults.addresses, advertise } })

t.match(addressWarning({ address: '' }, '10.0.0.9', at('127.0.0.1')), /callers will get 127\.0\.0\.1.*"Address": "10\.0\.0\.9"/)
t.match(addressWarning({ address: '' }, '::ffff:10.0.0.9', at('::1')), /"10\.0\.0\.9"/)
for (const [name, address, peer, advertise] of [
  ['it names one', '10.0.0.9', '10.0.0.9', '127.0.0.1'],
  ['it comes from this host', '', '127.0.0.2', '127.0.0.1'],
  ['it comes from this host, in the clothes of IPv6', '', '::ffff:127.0.0.1', '127.0.0.1'],
  ['it comes over a unix socket', '', '', '127.0.0.1'],
  ['the node has an address that others reach', '', '10.0.0.9', '10.0.0.1'],
] as const) t.equal(addressWarning({ address }, peer, at(advertise)), undefined, name)

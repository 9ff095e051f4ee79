// Addresses that are left to the machine are found as go-sockaddr's templates would find them.
import t from 'tap'
import { fillTemplate } from '../../src/config/build/address-template.js'

const interfaces = () => [
  { name: 'lo', address: '127.0.0.1', flags: ['up', 'loopback'] },
  { name: 'eth0', address: 'fe80::1', flags: ['up'] },
  { name: 'eth0', address: '2001:db8::5', flags: ['up'] },
  { name: 'eth0', address: '8.8.4.4', flags: ['up'] },
  { name: 'eth1', address: '10.0.0.7', flags: ['up', 'multicast'] },
  { name: 'eth1', address: '192.168.0.7', flags: ['up', 'multicast'] },
]

t.test('filled in', async t => {
  for (const [text, filled] of [
    ['127.0.0.1', '127.0.0.1'],
    ['{{ GetPrivateIP }}', '10.0.0.7'],
    ['{{GetPrivateIPs}}', '10.0.0.7 192.168.0.7'],
    ['{{ GetPublicIP }}', '8.8.4.4'],
    ['{{ GetInterfaceIP "eth1" }}', '10.0.0.7'],
    ['{{ GetInterfaceIP "lo" }}', ''],
    ['{{ GetInterfaceIP "nope" }}', ''],
    ['{{ GetInterfaceIPs "eth1" }} 127.0.0.1', '10.0.0.7 192.168.0.7 127.0.0.1'],
    ['{{ GetAllInterfaces | include "name" "lo" | include "type" "IPv4" | attr "address" }}', '127.0.0.1'],
    ['{{ GetAllInterfaces | exclude "name" "lo|eth0" | join "address" "," }}', '10.0.0.7,192.168.0.7'],
    ['{{ GetAllInterfaces | include "flags" "up|loopback" | attr "name" }}', 'lo'],
    ['{{ GetPrivateInterfaces | limit 1 | attr "address" }}', '10.0.0.7'],
    ['{{ GetAllInterfaces | include "type" "IPv6" | include "flags" "forwardable" | attr "address" }}', '2001:db8::5'],
  ] as const) t.equal(fillTemplate(text, interfaces), filled, text)
})

t.test('refused', async t => {
  for (const [text, message] of [
    ['{{ Bogus }}', 'unable to parse template "{{ Bogus }}": template: sockaddr.Parse:1: function "Bogus" not defined'],
    ['{{ constructor }}', 'unable to parse template "{{ constructor }}": template: sockaddr.Parse:1: function "constructor" not defined'],
    ['{{ GetPrivateIP', 'unable to parse template "{{ GetPrivateIP": template: sockaddr.Parse:1: unclosed action'],
    ['{{ GetAllInterfaces | include "name" "(" }}', 'error parsing regexp: "^(?:()$"'],
  ] as const) t.throws(() => fillTemplate(text, interfaces), { message }, text)
})

t.test('a text without braces does not look at the machine', async t => {
  fillTemplate('10.0.0.1', () => t.fail('not asked') as never)
})

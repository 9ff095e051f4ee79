// A client that others wrote: dig reads what the door answers, over UDP and TCP, with its own EDNS and cookies.
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { testDoor } from './support.js'

const missing = spawnSync('dig', ['-v']).error !== undefined && 'dig is not installed (package dnsutils)'

t.test('dig', { skip: missing }, async t => {
  const { catalog, port } = await testDoor(t)
  await catalog.node('n1', '198.51.100.1', { meta: { rack: 'r1' } })
  await catalog.service('n1', 'web', { port: 8080 })
  await catalog.service('n1', 'consul', { port: 8300 })
  const dig = async (...args: string[]): Promise<string> => (await promisify(execFile)('dig', ['@127.0.0.1', '-p', String(port), '+tries=1', '+time=5', ...args])).stdout
  for (const transport of ['+notcp', '+tcp']) {
    t.equal(await dig(transport, '+short', 'web.service.consul'), '198.51.100.1\n')
    t.equal(await dig(transport, '+short', 'web.service.consul', 'SRV'), '1 1 8080 n1.node.dc1.consul.\n')
    t.equal(await dig(transport, '+short', 'n1.node.consul', 'TXT'), '"rack=r1"\n')
    t.equal(await dig(transport, '+short', '-x', '198.51.100.1'), 'n1.node.dc1.consul.\n')
    t.match(await dig(transport, 'absent.service.consul'), /status: NXDOMAIN.*flags: qr aa rd;.*SOA\s+ns\.consul\. hostmaster\.consul\./s)
    t.match(await dig(transport, 'consul', 'NS'), /ANSWER SECTION:\nconsul\.\s+0\s+IN\s+NS\s+n1\.node\.dc1\.consul\./)
    t.match(await dig(transport, '+subnet=203.0.113.0/24', 'web.service.consul'), /CLIENT-SUBNET: 203\.0\.113\.0\/24\/0/)
    const all = await dig(transport, '+bufsize=1232', 'web.service.consul', 'SRV')
    t.match(all, /EDNS: version: 0, flags:; udp: 1232/)
    t.notMatch(all, /malformed|extra bytes|got bad packet/i)
  }
})

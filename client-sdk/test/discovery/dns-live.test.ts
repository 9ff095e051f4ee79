// Law of lists from DNS: with a real name server, what is registered is found by SRV and A, and called like any other.
import { createServer } from 'node:http'
import { once } from 'node:events'
import t from 'tap'
import { createClient } from '../../src/index.js'
import { until } from '../support/conditions.js'
import { registries } from '../support/programs.js'
import { registryProcess } from '../support/registry-process.js'

t.test('found by DNS alone, ports included, and called', async t => {
  const { url } = await registryProcess(t, registries[0]!.command!)
  const offers = createClient({ address: url, cacheDir: false })
  t.teardown(() => offers.close())
  const { value } = await offers.api.agent.self()
  const dnsPort = (value.DebugConfig as { DNSPort: number }).DNSPort
  const server = createServer((_request, response) => response.end('by DNS')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.closeAllConnections(); server.close() })
  const me = await offers.register({ name: 'web', server, signals: false })
  const roster = createClient({ source: 'dns', dns: { domain: 'service.consul', servers: [`127.0.0.1:${dnsPort}`], maxIntervalMs: 1000 }, emptyHoldMs: 0 })
  t.teardown(() => roster.close())
  const web = roster.service('web')
  await web.ready()
  t.match(web.snapshot(), { source: 'dns', complete: true, instances: [{ id: `127.0.0.1:${me.port}`, port: me.port }] })
  t.equal(await (await web.fetch('/')).text(), 'by DNS')
  await me.deregister()
  await until('it is gone', () => web.snapshot().instances.length === 0)
  t.throws(() => web.pick(), { code: 'ROSTER_NO_INSTANCES' })
})

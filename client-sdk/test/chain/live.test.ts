// Laws of config entries with real registries: what an entry says holds for the next call, for every face, and is taken back as it came.
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { get } from 'node:http'
import { once } from 'node:events'
import t from 'tap'
import type { Test } from 'tap'
import { createClient } from '../../src/index.js'
import type { ClientOptions, ConfigEntry } from '../../src/index.js'
import { until } from '../support/conditions.js'
import { NO_CONSUL, registries } from '../support/programs.js'
import { registryProcess } from '../support/registry-process.js'
import { switchboard } from '../support/switchboard.js'

const client = (t: Test, options: ClientOptions) => {
  const roster = createClient({ cacheDir: false, onWarning: () => {}, ...options })
  t.teardown(() => roster.close())
  return roster
}

async function serve (t: Test, answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.closeAllConnections(); server.close() })
  return server
}

for (const { name, command } of registries) {
  t.test(name, { skip: command === undefined && NO_CONSUL }, async t => {
    const { url } = await registryProcess(t, command!)
    const offers = client(t, { address: url })
    const offer = async (service: string, version: string) => {
      const server = await serve(t, (request, response) => response.end(`${service} ${version} ${request.url} ${request.headers['x-canary'] ?? ''}`.trim()))
      return offers.register({ name: service, server, meta: { version }, signals: false })
    }
    const v1 = await offer('web', 'v1')
    await offer('web', 'v2')
    await offer('other', 'v1')
    const put = (entry: ConfigEntry) => offers.api.config.set(entry)
    const roster = client(t, { address: url })
    const web = roster.service('web')
    await web.ready()
    await until('both are there', () => web.snapshot().instances.length === 2)
    const text = async (path: string, headers: Record<string, string> = {}) => (await web.fetch(path, { headers })).text()
    const seen = async (n: number, path = '/') => {
      const answers = new Map<string, number>()
      for (let i = 0; i < n; i++) {
        const answer = await text(path)
        answers.set(answer, (answers.get(answer) ?? 0) + 1)
      }
      return answers
    }

    await t.test('a default subset, and its failover when nobody of it is left', async t => {
      await put({ Kind: 'service-resolver', Name: 'web', DefaultSubset: 'v1', Subsets: { v1: { Filter: 'Service.Meta.version == v1' }, v2: { Filter: 'Service.Meta.version == v2' } }, Failover: { v1: { ServiceSubset: 'v2' } } })
      await until('only v1 is called', async () => [...await seen(5)].length === 1)
      t.same([...(await seen(20)).keys()], ['web v1 /'])
      t.match(web.explain().ways, [{ share: 1, destinations: [/^v1\.web/, /^v2\.web/] }])
      const agent = roster.httpAgent()
      const [response] = await once(get('http://web.service.roster/', { agent }), 'response')
      t.equal(String(await response.setEncoding('utf8').toArray()), 'web v1 /')
      {
        using it = web.pick()
        t.equal(it.instance.meta['version'], 'v1')
      }
      await v1.notReady('moving')
      await until('v2 takes over', async () => (await text('/')) === 'web v2 /')
      await v1.ready()
      await until('v1 is back', async () => (await text('/')) === 'web v1 /')
    })

    await t.test('a splitter, a router with a rewritten path, and a redirect', async t => {
      for (const service of ['web', 'other']) await put({ Kind: 'service-defaults', Name: service, Protocol: 'http' })
      await put({ Kind: 'service-splitter', Name: 'web', Splits: [{ Weight: 50, ServiceSubset: 'v1' }, { Weight: 50, ServiceSubset: 'v2', RequestHeaders: { Set: { 'x-canary': 'yes' } } }] })
      await until('both are called', async () => (await seen(20)).size === 2)
      const answers = await seen(200)
      t.same([...answers.keys()].sort(), ['web v1 /', 'web v2 / yes'])
      t.ok([...answers.values()].every(count => count > 60), `shares of a half: ${[...answers.values()].join()}`)
      await put({ Kind: 'service-router', Name: 'web', Routes: [{ Match: { HTTP: { PathPrefix: '/other/' } }, Destination: { Service: 'other', PrefixRewrite: '/' } }, { Match: { HTTP: { Header: [{ Name: 'x-version', Exact: '2' }] } }, Destination: { ServiceSubset: 'v2' } }] })
      await until('the route holds', async () => (await text('/other/things')) === 'other v1 /things')
      for (let i = 0; i < 10; i++) t.equal(await text('/', { 'x-version': '2' }), 'web v2 /')
      await offers.api.config.delete('service-router', 'web')
      await offers.api.config.delete('service-splitter', 'web')
      await put({ Kind: 'service-resolver', Name: 'web', Redirect: { Service: 'other' } })
      await until('the redirect holds', async () => (await text('/')) === 'other v1 /')
      t.match(web.snapshot().instances, [{ service: 'other' }])
    })

    await t.test('a process that starts while the registry is away goes the way it went before', async t => {
      const cacheDir = t.testdir()
      const line = await switchboard(t, url)
      const before = client(t, { address: line.url, cacheDir })
      await before.service('web').ready()
      t.equal(await (await before.service('web').fetch('/')).text(), 'other v1 /')
      await before.close()
      line.lead(undefined)
      const after = client(t, { address: line.url, cacheDir }).service('web')
      t.equal(await (await after.fetch('/')).text(), 'other v1 /', 'a call that comes before anything is known waits for it')
      t.equal(after.snapshot().source, 'disk')
    })

    await t.test('who does not want them has the service by its name', async t => {
      const plain = client(t, { address: url, configEntries: false }).service('web')
      await plain.ready()
      t.equal(plain.snapshot().instances.length, 2)
    })

    await t.test('without entries all is as it was', async t => {
      await offers.api.config.delete('service-resolver', 'web')
      await until('both are called', async () => [...(await seen(10)).keys()].join() !== 'other v1 /')
      await until('by their own name', async () => (await seen(20)).size === 2)
      t.equal(web.snapshot().instances.length, 2)
    })
  })
}

// Laws of intentions: the closest one decides, whatever was written when; two ways to write them see the same ones.
import t from 'tap'
import fc from 'fast-check'
import { startTestServer, until } from '../support/server.js'
import type { Test } from 'tap'
import type { TestServer } from '../support/server.js'

interface Intention { readonly ID?: string, readonly SourceName: string, readonly DestinationName: string, readonly Action?: string, readonly Precedence: number, readonly Meta?: object, readonly Description?: string }

interface Mesh extends TestServer {
  readonly write: (source: string, destination: string, body: object) => Promise<string>
  readonly allowed: (source: string, destination: string) => Promise<boolean>
}

async function server (t: Test): Promise<Mesh> {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  return {
    ...s,
    write: async (source, destination, body) => await (await s.call('PUT', `/v1/connect/intentions/exact?source=${source}&destination=${destination}`, body)).text(),
    allowed: async (source, destination) => (await s.get<{ Allowed: boolean }>(`/v1/connect/intentions/check?source=${source}&destination=${destination}`)).Allowed,
  }
}

t.test('exact before any source, before any destination, before any: the order of writing is nothing', async t => {
  const rules = [['*', '*', 'deny'], ['a', '*', 'allow'], ['*', 'b', 'deny'], ['a', 'b', 'allow']] as const
  for (const order of [rules, rules.toReversed(), [rules[2], rules[0], rules[3], rules[1]]]) {
    const s = await server(t)
    for (const [source, destination, Action] of order) t.equal(await s.write(source, destination, { Action }), 'true')
    t.strictSame((await s.get<Intention[]>('/v1/connect/intentions')).map(of => `${of.SourceName}>${of.DestinationName}:${of.Precedence}`), ['a>b:9', '*>b:8', 'a>*:6', '*>*:5'])
    t.ok(await s.allowed('a', 'b'))
    t.notOk(await s.allowed('c', 'b'))
    t.ok(await s.allowed('a', 'c'))
    t.notOk(await s.allowed('c', 'c'))
  }
})

t.test('any set of intentions: check says what the first of match says, else the default', async t => {
  const s = await server(t)
  const name = fc.constantFrom('a', 'b', '*')
  await fc.assert(fc.asyncProperty(fc.uniqueArray(fc.record({ source: name, destination: name, Action: fc.constantFrom('allow', 'deny') }), { maxLength: 6, selector: r => `${r.source}>${r.destination}` }), async rules => {
    for (const { SourceName, DestinationName } of await s.get<Intention[]>('/v1/connect/intentions')) await s.call('DELETE', `/v1/connect/intentions/exact?source=${SourceName}&destination=${DestinationName}`)
    for (const { source, destination, Action } of rules) await s.write(source, destination, { Action })
    for (const source of ['a', 'b', 'c']) {
      for (const destination of ['a', 'b', 'c']) {
        const [match, back] = await Promise.all(['source', 'destination'].map(async by => (await s.get<Record<string, Intention[] | null>>(`/v1/connect/intentions/match?by=${by}&name=${by === 'source' ? source : destination}`))[by === 'source' ? source : destination] ?? []))
        const fits = (of: Intention): boolean => [source, '*'].includes(of.SourceName) && [destination, '*'].includes(of.DestinationName)
        const first = match!.find(fits)
        if (first?.DestinationName !== back!.find(fits)?.DestinationName) return false
        if (await s.allowed(source, destination) !== (first === undefined || first.Action === 'allow')) return false
      }
    }
    return true
  }), { seed: 21, numRuns: 12 })
  t.pass()
})

t.test('what an entry says and what the endpoint says are the same intentions', async t => {
  const s = await server(t)
  await s.call('PUT', '/v1/config', { Kind: 'service-intentions', Name: 'web', Meta: { team: 'x' }, Sources: [{ Name: 'a', Action: 'deny' }] })
  t.match(await s.get('/v1/connect/intentions/exact?source=a&destination=web'), { Action: 'deny', Meta: { team: 'x' }, Precedence: 9 })
  t.equal(await s.write('b', 'web', { Action: 'allow', Description: 'why' }), 'true')
  t.match(await s.get('/v1/config/service-intentions/web'), { Sources: [{ Name: 'a', Action: 'deny' }, { Name: 'b', Action: 'allow', Description: 'why' }], Meta: { team: 'x' } })
  t.equal(await s.write('a', 'web', { Action: 'allow', Meta: { other: 'y' } }), 'Meta must not be specified, or should be unchanged during an update.', 'law: the metadata is the entry’s')
  for (const source of ['a', 'b', 'b']) t.equal((await s.call('DELETE', `/v1/connect/intentions/exact?source=${source}&destination=web`)).status, 200)
  t.equal((await s.call('GET', '/v1/config/service-intentions/web')).status, 404, 'law: an entry without sources is none')
})

t.test('intentions with ids: made, changed, found by id, gone; a new way of writing makes them new', async t => {
  const s = await server(t)
  const { ID } = await (await s.call('POST', '/v1/connect/intentions', { SourceName: 'a', DestinationName: 'b', Action: 'allow', Meta: { k: 'v' } })).json() as { ID: string }
  t.match(await s.get(`/v1/connect/intentions/${ID.toUpperCase()}`), { ID, Action: 'allow', Meta: { k: 'v' } })
  t.match(await (await s.call('POST', '/v1/connect/intentions', { SourceName: 'a', DestinationName: 'b', Action: 'deny' })).text(), /defines "a" more than once|duplicate/i)
  t.strictSame(await (await s.call('PUT', `/v1/connect/intentions/${ID}`, { SourceName: 'a', DestinationName: 'b', Action: 'deny' })).json(), { ID })
  t.match(await s.get(`/v1/connect/intentions/${ID}`), { Action: 'deny' })
  t.equal(await s.write('a', 'b', { Action: 'allow' }), 'true')
  const now = await s.get<Intention>('/v1/connect/intentions/exact?source=a&destination=b')
  t.notOk('ID' in now)
  t.equal((await s.call('GET', `/v1/connect/intentions/${ID}`)).status, 404)
  t.equal(await (await s.call('PUT', `/v1/connect/intentions/${ID}`, { SourceName: 'a', DestinationName: 'b', Action: 'deny' })).text(), `Cannot modify non-existent intention: '${ID}'`)
})

t.test('intentions that look into requests count as no here, and are said so', async t => {
  const s = await server(t)
  await s.call('PUT', '/v1/config', { Kind: 'service-defaults', Name: 'web', Protocol: 'http' })
  await s.write('a', 'web', { Permissions: [{ Action: 'allow', HTTP: { PathPrefix: '/' } }] })
  t.notOk(await s.allowed('a', 'web'))
  const { Authorized, Reason } = await (await s.call('POST', '/v1/agent/connect/authorize', { Target: 'web', ClientCertURI: 'spiffe://x.consul/ns/default/dc/dc1/svc/a', ClientCertSerial: '1' })).json() as { Authorized: boolean, Reason: string }
  t.notOk(Authorized)
  t.equal(Reason, 'Matched L7 intention: default/a => default/web (Precedence: 9, Permissions: 1)')
})

t.test('a reader of what concerns one service wakes when it changes', async t => {
  const s = await server(t)
  const path = '/v1/connect/intentions/match?by=destination&name=web'
  const index = (await s.call('GET', path)).headers.get('x-consul-index')!
  const held = s.get<Record<string, Intention[]>>(`${path}&index=${index}&wait=20s`)
  await until('a reader waits', () => s.roster.state.topics.waiting === 1)
  await s.write('a', 'web', { Action: 'deny' })
  t.match((await held)['web'], [{ SourceName: 'a', Action: 'deny' }])
})

t.test('parameters and names are looked at', async t => {
  const s = await server(t)
  const text = async (method: string, path: string, body?: object): Promise<string> => await (await s.call(method, `/v1/connect/intentions/${path}`, body)).text()
  t.equal(await text('GET', 'match?name=a'), "required query parameter 'by' not set")
  t.equal(await text('GET', 'match?by=x&name=a'), "'by' parameter must be one of 'source' or 'destination'")
  t.equal(await text('GET', 'match?by=source'), "required query parameter 'name' not set")
  t.equal(await text('GET', 'check?source=a'), "required query parameter 'destination' not set")
  t.equal(await text('GET', 'exact?source=a&source=b&destination=c'), "required query parameter 'source' not set")
  t.match(await text('GET', 'exact?source=a/b/c/d&destination=c'), /can contain at most two '\/'$/)
  t.equal(await text('GET', 'exact?source=&destination='), '2 errors occurred:\n\t* SourceName is missing\n\t* DestinationName is missing\n\n')
  t.equal(await text('GET', 'no-id'), 'failed config entry lookup: index error: UUID must be 36 characters')
  t.equal(await text('DELETE', ''), 'Permission denied')
  t.equal(await text('GET', 'exact?source=a&destination=b'), 'Intention not found')
})

t.test('many writers of one destination: every source is there in the end', async t => {
  const s = await server(t)
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => s.write(`s${i}`, 'web', { Action: 'allow' })))
  t.ok(answers.every(answer => answer === 'true'))
  t.equal((await s.get<Intention[]>('/v1/connect/intentions')).length, 30)
})

t.test('an endpoint of old refuses namespaces other than the default one, and the exact one passes over them', async t => {
  const s = await server(t)
  const create = async (more: object): Promise<[number, string]> => {
    const answer = await s.call('POST', '/v1/connect/intentions', { SourceName: 'a', DestinationName: 'b', Action: 'allow', ...more })
    return [answer.status, await answer.text()]
  }
  t.strictSame(await create({ SourceNS: 'other' }), [400, 'Invalid SourceNS(other): Namespaces is a Consul Enterprise feature'])
  t.strictSame(await create({ DestinationNS: '*' }), [400, 'Invalid DestinationNS(*): Namespaces is a Consul Enterprise feature'])
  t.strictSame(await s.get('/v1/connect/intentions'), [])
  t.equal((await create({ SourceNS: 'default' }))[0], 200)
  t.equal(await s.write('a', 'c', { Action: 'allow', SourceNS: 'other' }), 'true')
})

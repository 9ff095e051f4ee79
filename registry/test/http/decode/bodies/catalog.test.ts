// Laws of catalog bodies: the compatible refusals, a tolerant check definition, and what deregistration takes from old clients.
import t from 'tap'
import { decodeCatalogDeregister, decodeCatalogRegister } from '../../../../src/http/decode/bodies/catalog.js'
import { bytesOf, refusal } from '../refusal.js'

const at = { Node: 'x', Address: '1.2.3.4' }
const decode = (body: unknown) => decodeCatalogRegister(bytesOf(body))
const why = (body: unknown): string => refusal(decodeCatalogRegister, body).replace('Request decode failed: ', '')
const unknown = (key: string): string => `json: unknown field "${key}"`
const NAMESPACE = `${unknown('Namespace')} - Namespaces are a Consul Enterprise feature`

t.test('register: refusals that a compatible server words itself', async t => {
  const cases: ReadonlyArray<readonly [body: unknown, why: string]> = [
    ['', 'EOF'], ['{', 'unexpected EOF'], ['Node=x&Address=y', "invalid character 'N' looking for beginning of value"], [{ ...at, Bogus: 1 }, unknown('Bogus')], [{ ...at, Namespace: 'default' }, NAMESPACE], [{ ...at, Partition: 'default' }, unknown('Partition')],
    [{ ...at, Service: { Name: 'web' } }, unknown('Name')], [{ ...at, Service: { Service: 'web', Check: { TTL: '1m' } } }, unknown('Check')], [{ ...at, Check: { Name: 'c', Definition: { Interval: 'soon' } } }, 'time: invalid duration "soon"'], [{ ...at, Check: { Name: 'strict', Bogus: 1 } }, unknown('Bogus')],
    [{ ...at, Service: { Service: 'x', Connect: { SidecarService: { Nope: 1 } } } }, unknown('Nope')], [{ ...at, tagged_addresses: {} }, unknown('tagged_addresses')],
  ]
  for (const [body, expected] of cases) t.equal(why(body), expected, JSON.stringify(body))
  for (const [body, found] of [['[]', 'array'], [{ ...at, Node: 1 }, 'number'], [{ ...at, Service: { Service: 'web', Port: 'x' } }, 'string'], [{ ...at, Checks: { a: 1 } }, 'object']] as const) t.match(why(body), `json: cannot unmarshal ${found} into Go `, JSON.stringify(body))
  t.equal(why('{"CreateIndex":-1}'), 'json: cannot unmarshal number -1 into Go struct field RegisterRequest.RaftIndex.CreateIndex of type uint64')
})

t.test('register: rows as they shall stand', async t => {
  const body = decode({ ...at, ID: 'i', NodeMeta: {}, skipnodeupdate: true, Service: { ID: 's', Service: 'web', Ports: [{ Name: 'a', Port: 1, Default: true }], Proxy: { local_service_port: 7 }, CreateIndex: 5 }, Check: { CheckID: 'c', Interval: 'shown', Definition: { Interval: '10s', TTL: 5, Timeout: {}, Bogus: 1, IntervalDuration: 'x', Header: { a: ['b'] } } }, Checks: [{ Name: 'd' }], Token: 'tok' })
  t.match(body, { id: 'i', node: 'x', address: '1.2.3.4', taggedAddresses: null, skipNodeUpdate: true, token: 'tok', locality: null, checks: [{ name: 'd', definition: { intervalMs: 0 } }] })
  t.match(body.service, { id: 's', service: 'web', tags: null, meta: null, weights: null, ports: [{ name: 'a', port: 1, default: true }], proxy: { LocalServicePort: 7 }, connect: { native: false, sidecarService: null }, createIndex: 5n })
  t.match(body.check, { checkId: 'c', interval: 'shown', serviceTags: null, definition: { intervalMs: 10000, timeoutMs: 0, ttlMs: 5e-6, header: { a: ['b'] } } })
  t.same(Object.keys(body.nodeMeta ?? { absent: '' }), [], 'an empty map is not an absent one')
  t.match(decode('null'), { node: '', service: null, check: null, checks: null, nodeMeta: null })
})

t.test('deregister', async t => {
  t.same(decodeCatalogDeregister(bytesOf({ Datacenter: 'd', Node: 'n', ServiceID: 's', CheckID: 'c', Address: 'ignored' })), { datacenter: 'd', node: 'n', serviceId: 's', checkId: 'c', peerName: '', token: '' })
  const cases: ReadonlyArray<readonly [body: unknown, why: string]> = [['', 'EOF'], [{ Node: 'n', Bogus: 1 }, unknown('Bogus')], [{ Node: 'n', Service: 'web' }, unknown('Service')], [{ Node: 'n', Namespace: 'default' }, NAMESPACE]]
  for (const [body, expected] of cases) t.equal(refusal(decodeCatalogDeregister, body), `Request decode failed: ${expected}`, JSON.stringify(body))
})

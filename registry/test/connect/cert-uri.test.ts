// Law of the mesh's names: who speaks is read from a SPIFFE ID, and nothing else is one.
import t from 'tap'
import fc from 'fast-check'
import { parseCertUri } from '../../src/connect/cert-uri.js'

t.test('a service by any name comes out as it went in', async t => {
  const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter(text => text.isWellFormed())
  fc.assert(fc.property(word, word, word, (namespace, datacenter, service) => {
    const [ns, dc, name] = [namespace, datacenter, service].map(encodeURIComponent)
    t.strictSame(parseCertUri(`spiffe://11111111-2222-3333-4444-555555555555.consul/ns/${ns}/dc/${dc}/svc/${name}`),
      { kind: 'service', trustDomain: '11111111-2222-3333-4444-555555555555.consul', namespace, datacenter, service })
  }), { seed: 20, numRuns: 100 })
})

t.test('agents, servers, gateways and the authority are no services', async t => {
  for (const path of ['/agent/client/dc/dc1/id/x', '/agent/server/dc/dc1', '/gateway/mesh/dc/dc1', '']) t.strictSame(parseCertUri(`spiffe://t.consul${path}`), { kind: 'other' }, path)
})

t.test('what is no such name is none, and never an error', async t => {
  for (const text of ['', 'web', 'http://t.consul/ns/default/dc/dc1/svc/web', 'spiffe://t.consul/ns/default/svc/web', 'spiffe://t.consul/ns/a/dc/b/svc/%zz', 'spiffe://host']) t.equal(parseCertUri(text), undefined, text)
  fc.assert(fc.property(fc.string(), text => { parseCertUri(text) }), { seed: 21 })
})

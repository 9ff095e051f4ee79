// The law of kept instances: whatever changed, they are those that a fresh look at the catalog finds.
import assert from 'node:assert/strict'
import t from 'tap'
import fc from 'fast-check'
import { FitInstances } from '../../src/dns/fit-instances.js'
import { fitInstances } from '../../src/dns/instance.js'
import { Catalog } from './support.js'

const node = fc.constantFrom('n1', 'n2')
const id = fc.constantFrom('a', 'b', 'c')
const change = fc.oneof(
  fc.record({ what: fc.constant('node' as const), node, address: fc.constantFrom('10.0.0.1', '10.0.0.2', 'db.example') }),
  fc.record({ what: fc.constant('service' as const), node, id, name: fc.constantFrom('web', 'Web', 'db'), proxy: fc.boolean() }),
  fc.record({ what: fc.constant('check' as const), node, id: fc.option(id, { nil: '' }), status: fc.constantFrom('passing', 'warning', 'critical') }),
  fc.record({ what: fc.constant('no service' as const), node, id }),
  fc.record({ what: fc.constant('no node' as const), node }),
  fc.record({ what: fc.constant('no check' as const), node, id: fc.option(id, { nil: '' }) })
)

t.test('after any changes', async () => {
  await fc.assert(fc.asyncProperty(fc.array(change, { maxLength: 30 }), async changes => {
    const catalog = await Catalog.open()
    const { state } = catalog
    const fit = new FitInstances(state)
    for (const c of changes) {
      const there = state.nodes.get(c.node) !== undefined
      if (c.what === 'node') await catalog.node(c.node, c.address)
      else if (c.what === 'no node') await catalog.deleteNode(c.node)
      else if (c.what === 'service' && there) {
        await catalog.service(c.node, c.name, c.proxy ? { id: c.id, kind: 'connect-proxy', proxy: { DestinationServiceName: 'target' } } : { id: c.id })
      } else if (c.what === 'no service') await catalog.deleteService(c.node, c.id)
      else if (c.what === 'check' && there && (c.id === '' || state.services.get(c.node, c.id) !== undefined)) await catalog.check(c.node, `check-${c.id}`, c.status, c.id)
      else if (c.what === 'no check') await catalog.deleteCheck(c.node, `check-${c.id}`)
      for (const onlyPassing of [false, true]) {
        for (const name of ['web', 'db', 'absent']) assert.deepEqual(fit.named(name, onlyPassing).rows, fitInstances(state, state.services.named(name), onlyPassing), name)
        assert.deepEqual(fit.connect('target', onlyPassing).rows, fitInstances(state, state.services.connect('target'), onlyPassing), 'proxies')
      }
    }
  }), { seed: 71, numRuns: 150 })
})

t.test('while nothing changes they are worked out once', async t => {
  const catalog = await Catalog.open()
  await catalog.node('n1', '10.0.0.1')
  await catalog.service('n1', 'web')
  const fit = new FitInstances(catalog.state)
  const { rows } = fit.named('web', false)
  await catalog.service('n1', 'db')
  t.equal(fit.named('web', false).rows, rows)
  await catalog.service('n1', 'web', { port: 81 })
  t.not(fit.named('web', false).rows, rows)
})

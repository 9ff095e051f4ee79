// Laws of types: of several kinds in one body the first of a fixed order counts, and only with an interval where one is needed.
import t from 'tap'
import { checkDefinition, typeOf, type CheckDefinition } from '../../src/health/definition.js'

const all: Partial<CheckDefinition> = { grpc: 'h:1', http: 'http://h/', ttlMs: 1, tcp: 'h:1', udp: 'h:1', aliasService: 'x', dockerContainerId: 'c', args: ['a'], h2ping: 'h:1', osService: 's', intervalMs: 1000 }

t.test('the order of kinds', async t => {
  const left: Record<string, unknown> = { ...all }
  const order: unknown[] = []
  for (const key of ['grpc', 'http', 'ttlMs', 'tcp', 'udp', 'aliasService', 'dockerContainerId', 'args', 'h2ping', 'osService']) {
    order.push(typeOf(checkDefinition(left)))
    delete left[key]
  }
  t.strictSame(order, ['grpc', 'http', 'ttl', 'tcp', 'udp', 'alias', 'docker', 'script', 'h2ping', 'os_service'])
  t.equal(typeOf(checkDefinition(left)), undefined)
})

t.test('without an interval there is no kind that goes and looks', async t => {
  for (const key of ['grpc', 'http', 'tcp', 'udp', 'args', 'h2ping', 'osService']) t.equal(typeOf(checkDefinition({ [key]: all[key as keyof CheckDefinition] })), undefined, key)
  t.equal(typeOf(checkDefinition({ dockerContainerId: 'c', intervalMs: 1000 })), undefined, 'a container without a program')
  t.equal(typeOf(checkDefinition({ aliasNode: 'n' })), 'alias')
})

// Laws of `roster:///payments` in grpc-js, with real servers: calls are balanced by the client's picker, follow the list live, and tell its statistics.
import { credentials, makeGenericClientConstructor, Server, ServerCredentials, status } from '@grpc/grpc-js'
import type { handleUnaryCall, ServiceError } from '@grpc/grpc-js'
import t from 'tap'
import type { Test as Tap } from 'tap'
import { Balancer } from '../../src/balance/balancer.js'
import { registerResolver } from '../../src/grpc/index.js'
import { instance, listSource } from '../support/service.js'
import type { ListSource } from '../support/service.js'

const text = { requestSerialize: (value: string) => Buffer.from(value), requestDeserialize: String, responseSerialize: (value: string) => Buffer.from(value), responseDeserialize: String }
const definition = { Charge: { path: '/shop.Payments/Charge', requestStream: false, responseStream: false, ...text } } as const
const Payments = makeGenericClientConstructor(definition, 'Payments')
type Charge = (value: string, options: { deadline: Date }, done: (error: ServiceError | null, value?: string) => void) => void

async function grpcServer (t: Tap, charge: handleUnaryCall<string, string>): Promise<number> {
  const server = new Server()
  server.addService(definition, { Charge: charge })
  const port = await new Promise<number>((resolve, reject) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => error === null ? resolve(port) : reject(error)))
  t.teardown(() => server.forceShutdown())
  return port
}

const named = (name: string): handleUnaryCall<string, string> => (_call, done) => done(null, name)

function service (source: ListSource) {
  const balancer = new Balancer('payments', { policy: 'round_robin' })
  balancer.update(source.instances)
  source.subscribe(list => balancer.update(list))
  registerResolver({ service: () => ({ source, lanes: balancer }) })
  return balancer
}

function client (t: Tap) {
  const made = new Payments('roster:///payments', credentials.createInsecure())
  t.teardown(() => made.close())
  const charge = (made as unknown as { Charge: Charge }).Charge.bind(made)
  return (ms = 5000) => new Promise<string>((resolve, reject) => charge('pay', { deadline: new Date(Date.now() + ms) }, (error, value) => error === null ? resolve(value!) : reject(error)))
}

t.test('all instances are called, by the picker, and a new one as soon as the list has it', async t => {
  const ports = await Promise.all(['a', 'b', 'c'].map(name => grpcServer(t, named(name))))
  const source = listSource('payments', [instance('a', ports[0]!), instance('b', ports[1]!)])
  const balancer = service(source)
  const call = client(t)
  const seen = new Set<string>()
  while (seen.size < 2) seen.add(await call())
  source.set([...source.instances, instance('c', ports[2]!)])
  while (!seen.has('c')) seen.add(await call())
  source.set([instance('c', ports[2]!)])
  while (await call() !== 'c');
  for (let i = 0; i < 10; i++) t.equal(await call(), 'c', 'those that have left are not called')
  t.ok(balancer.explain().instances[0]!.costMs > 0, 'times are known')
  t.equal(balancer.explain().instances[0]!.pending, 0, 'nothing stays in flight')
})

t.test('one that fails every call is put aside', async t => {
  const bad = await grpcServer(t, (_call, done) => done({ code: status.UNAVAILABLE, details: 'broken' }))
  const good = await grpcServer(t, named('good'))
  const source = listSource('payments', [instance('bad', bad), instance('good', good)])
  const balancer = service(source)
  const call = client(t)
  for (let i = 0; i < 40; i++) await call().catch(() => {})
  for (let i = 0; i < 10; i++) t.equal(await call(), 'good')
  t.match(balancer.explain().instances.find(({ instance }) => instance.id === 'bad'), { candidate: false, reason: /failures in a row/ })
})

t.test('no instances: an error that says so, and calls go on as soon as there is one', async t => {
  const source = listSource('payments', [])
  service(source)
  const call = client(t)
  await t.rejects(call(), { code: status.UNAVAILABLE, details: /"payments".*the registry has none/ })
  source.set([instance('a', await grpcServer(t, named('a')))])
  let answer: string | undefined
  while (answer === undefined) answer = await call().catch(() => undefined)
  t.equal(answer, 'a')
})

t.test('a channel with a service config of its own keeps its retries', async t => {
  let calls = 0
  const port = await grpcServer(t, (_call, done) => calls++ === 0 ? done({ code: status.UNAVAILABLE, details: 'once' }) : done(null, 'second'))
  const source = listSource('payments', [instance('a', port)])
  service(source)
  const config = { loadBalancingConfig: [{ roster: { service: 'payments' } }], methodConfig: [{ name: [{}], retryPolicy: { maxAttempts: 3, initialBackoff: '0.01s', maxBackoff: '0.01s', backoffMultiplier: 1, retryableStatusCodes: ['UNAVAILABLE'] } }] }
  const made = new Payments('roster:///payments', credentials.createInsecure(), { 'grpc.service_config': JSON.stringify(config) })
  t.teardown(() => made.close())
  const answer = await new Promise((resolve, reject) => (made as unknown as { Charge: Charge }).Charge('pay', { deadline: new Date(Date.now() + 5000) }, (error, value) => error === null ? resolve(value) : reject(error)))
  t.equal(answer, 'second')
})

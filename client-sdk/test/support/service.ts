// A service without a registry: its list is what the test says, its instances are real servers on port 0, and calls go through the faces as an application's do.
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Test } from 'tap'
import { Balancer } from '../../src/balance/balancer.js'
import type { BalancerParts } from '../../src/balance/balancer.js'
import type { Instance } from '../../src/balance/instance.js'
import { fixedLeg } from '../../src/chain/lanes.js'
import type { Legs } from '../../src/chain/lanes.js'
import { plainWays } from '../../src/chain/ways.js'
import type { ServiceSource } from '../../src/discovery/service-source.js'
import { callService } from '../../src/faces/call-service.js'
import type { CallServiceOptions, ServiceCalls } from '../../src/faces/call-service.js'
import { resolvePolicy } from '../../src/policy/merge.js'
import type { ResolvedPolicy } from '../../src/policy/merge.js'
import type { ServicePolicy } from '../../src/policy/policy.js'

export interface ListSource extends ServiceSource {
  set (instances: readonly Instance[]): void
}

/** @param first `undefined`: nothing is known until `set` */
export function listSource (name: string, first?: readonly Instance[]): ListSource {
  const listeners = new Set<(instances: readonly Instance[]) => void>()
  const waiting: Array<() => void> = []
  let instances = first
  return {
    name,
    get instances () { return instances ?? [] },
    snapshot: () => ({ instances: instances ?? [], index: 1, ageMs: 0, source: instances === undefined ? 'none' : 'registry', complete: instances !== undefined }),
    ready: () => instances !== undefined ? Promise.resolve() : new Promise(resolve => waiting.push(resolve)),
    subscribe (listener) { listeners.add(listener); return () => { listeners.delete(listener) } },
    close () {},
    set (next) {
      instances = next
      for (const listener of listeners) listener(next)
      for (const resolve of waiting.splice(0)) resolve()
    },
  }
}

export const instance = (id: string, port: number, over: Partial<Instance> = {}): Instance =>
  ({ id, service: 'payments', address: '127.0.0.1', port, tags: [], meta: {}, health: 'passing', withdrawn: false, weight: 1, ...over })

export interface TestInstance {
  readonly id: string
  readonly port: number
  readonly server: Server
  /** Requests that arrived. */
  seen: number
  /** As if the process had been killed: no farewell, nobody listens. */
  kill (): Promise<void>
}

export async function testInstance (t: Test, id: string, answer: RequestListener): Promise<TestInstance> {
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    made.seen++
    answer(request, response)
  })
  server.on('connection', (socket: Socket) => { sockets.add(socket); socket.on('error', () => {}).on('close', () => sockets.delete(socket)) })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  let closed: Promise<void> | undefined
  const made: TestInstance = {
    id,
    port: (server.address() as AddressInfo).port,
    server,
    seen: 0,
    kill: () => closed ??= new Promise(resolve => {
      server.close(() => resolve())
      for (const socket of sockets) socket.resetAndDestroy()
    }),
  }
  t.teardown(() => made.kill())
  return made
}

export interface TestService extends ServiceCalls {
  /** For calls that begin from now on. */
  setPolicy (policy: ResolvedPolicy): void
  readonly source: ListSource
  readonly balancer: Balancer
  readonly legs: Legs
}

/** The service `payments` over these instances. */
export function testService (t: Test, instances: ReadonlyArray<TestInstance | Instance> | undefined, policy: ServicePolicy = {}, over: Partial<Omit<CallServiceOptions, 'legs'>> & BalancerParts = {}): TestService {
  const source = listSource('payments', instances?.map(one => 'server' in one ? instance(one.id, one.port) : one))
  const resolved = resolvePolicy([policy])
  const balancer = new Balancer('payments', resolved.service.balance, over)
  balancer.update(source.instances)
  source.subscribe(list => balancer.update(list))
  const legs = fixedLeg(plainWays('payments').only!, source, balancer, resolved)
  const calls = callService({ name: 'payments', source, legs, ...over })
  t.teardown(() => calls.destroy())
  return { ...calls, source, balancer, legs, setPolicy: next => legs.setPolicy(next) }
}

/** A promise and its ends. */
export function deferred<T = void> (): { readonly promise: Promise<T>, readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>(_resolve => { resolve = _resolve })
  return { promise, resolve }
}

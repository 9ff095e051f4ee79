// Name resolution of `roster:///payments`: the addresses of the service's instances, and again after each change of the list, pushed and not asked for. Which of them takes a call is
// load-balancer.ts.

import { experimental, Metadata, status } from '@grpc/grpc-js'
import { POLICY_NAME, PolicyConfig } from './load-balancer.js'
import { placeOf, reachable } from './services.js'
import type { GrpcService, GrpcServices } from './services.js'

type ResolverConstructor = Parameters<typeof experimental.registerResolver>[1]
type Target = ConstructorParameters<ResolverConstructor>[0]
type Listener = ConstructorParameters<ResolverConstructor>[1]
type Options = ConstructorParameters<ResolverConstructor>[2]
type ServiceConfig = NonNullable<Parameters<Listener>[2]> extends infer S ? S extends { ok: true, value: infer V } ? V : never : never

/** @throws Error for a target without a name */
function serviceOf ({ path }: Target): string {
  const name = decodeURIComponent(path.replace(/^\/+/, ''))
  if (name === '') throw new Error('A target of the scheme roster names a service: roster:///payments')
  return name
}

export const resolverFor = (roster: GrpcServices): ResolverConstructor => class RosterResolver {
  readonly #name: string
  #unsubscribe: (() => void) | undefined
  #told = ''
  #over = false

  static getDefaultAuthority (target: Target): string { return serviceOf(target) }

  constructor (target: Target, private readonly listener: Listener, private readonly options: Options) { this.#name = serviceOf(target) }

  /** gRPC asks again whenever a connection is lost; the list is live, so there is nothing to look up, but somebody who asks must be answered. */
  updateResolution (): void {
    this.#over = false
    let service: GrpcService
    try { service = roster.service(this.#name) } catch (error) { this.#fail(error as Error); return }
    const { source } = service
    if (this.#unsubscribe === undefined) {
      this.#unsubscribe = source.subscribe(() => this.#tell(service))
      this.#told = ''
    }
    void source.ready().then(() => this.#tell(service), (error: Error) => this.#fail(error))
  }

  destroy (): void {
    this.#over = true
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
  }

  #tell (service: GrpcService): void {
    if (this.#over) return
    const places = reachable(service.source.instances).map(({ address, port }) => ({ host: address, port }))
    // Weights, health and tags change without a change of places; the balancer knows them by itself.
    const told = places.map(({ host, port }) => placeOf({ address: host, port })).sort().join()
    if (told === this.#told && told !== '') return
    this.#told = told
    const own = this.options['grpc.service_config'] !== undefined
    this.listener(
      experimental.statusOrFromValue(places.map(place => ({ addresses: [place] }))),
      own ? {} : { [experimental.CHANNEL_ARGS_CONFIG_SELECTOR_KEY]: selector },
      own ? null : experimental.statusOrFromValue<ServiceConfig>({ loadBalancingConfig: [new PolicyConfig(this.#name).toJsonObject()], methodConfig: [] } as unknown as ServiceConfig),
      `${POLICY_NAME}: the registry knows ${places.length} instances of "${this.#name}" that can be called`
    )
  }

  #fail (error: Error): void {
    // gRPC must not be answered within its own call.
    setImmediate(() => {
      if (this.#over) return
      this.listener(experimental.statusOrFromError({ code: status.UNAVAILABLE, details: error.message, metadata: new Metadata() }), {}, null, '')
    }).unref()
  }
}

/** Tells the balancer which method is called: what takes long by nature is found out by it. */
const selector = {
  invoke: (methodName: string) => ({ methodConfig: { name: [] }, pickInformation: { route: methodName }, status: status.OK, dynamicFilterFactories: [] }),
  unref () {},
}

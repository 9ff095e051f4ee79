// gRPC's load balancing policy `roster`: a connection to each instance, and for each call the one that the service's balancer picks among those that are connected. How the call ends goes
// to the same statistics as that of all other calls.

import { connectivityState, experimental, Metadata, status } from '@grpc/grpc-js'
import type { ChannelOptions } from '@grpc/grpc-js'
import { NoInstancesError } from '../api/errors.js'
import type { RequestFacts } from '../chain/request-facts.js'
import type { Picked } from '../balance/picked.js'
import { placeOf } from './services.js'
import type { GrpcService, GrpcServices } from './services.js'

type LoadBalancer = experimental.LoadBalancer
type Helper = experimental.ChannelControlHelper
type Endpoint = experimental.Endpoint
type StatusOrEndpoints = Parameters<LoadBalancer['updateAddressList']>[0]
type PickResult = experimental.PickResult
type LoadBalancerConstructor = Parameters<typeof experimental.registerLoadBalancerType>[1]
type ConfigConstructor = Parameters<typeof experimental.registerLoadBalancerType>[2]

export const POLICY_NAME = 'roster'

/** `{ "roster": { "service": "payments" } }` */
export class PolicyConfig implements experimental.TypedLoadBalancingConfig {
  constructor (readonly service: string) {}
  getLoadBalancerName (): string { return POLICY_NAME }
  toJsonObject (): object { return { [POLICY_NAME]: { service: this.service } } }

  static createFromJson (value: unknown): PolicyConfig {
    const service = (value as { readonly service?: unknown } | null)?.service
    if (typeof service !== 'string' || service === '') throw new Error(`The load balancing policy "${POLICY_NAME}" needs the name of a service: { "${POLICY_NAME}": { "service": "payments" } }`)
    return new PolicyConfig(service)
  }
}

export const policyConfigFor = (): ConfigConstructor => PolicyConfig as ConfigConstructor

/** A connection, and the picks that were given out for it and whose calls have not begun. */
interface Child { readonly leaf: experimental.LeafLoadBalancer, readonly waiting: Set<Picked> }

/** Codes by which the instance did not do its work; all others are the caller's doing, or an answer. */
const failures = new Set([status.UNKNOWN, status.DEADLINE_EXCEEDED, status.RESOURCE_EXHAUSTED, status.INTERNAL, status.UNAVAILABLE, status.DATA_LOSS])

const noMetadata = new Metadata()
const unavailable = (details: string): PickResult =>
  ({ pickResultType: experimental.PickResultType.TRANSIENT_FAILURE, subchannel: null, status: { code: status.UNAVAILABLE, details, metadata: noMetadata }, onCallStarted: null, onCallEnded: null })
const queue: PickResult = { pickResultType: experimental.PickResultType.QUEUE, subchannel: null, status: null, onCallStarted: null, onCallEnded: null }

export const loadBalancerFor = (roster: GrpcServices): LoadBalancerConstructor => class RosterLoadBalancer implements LoadBalancer {
  readonly #children = new Map<string, Child>()
  readonly #helper: Helper
  readonly #childHelper: Helper
  #service: GrpcService | undefined
  #updating = false
  #lastError = ''

  constructor (helper: Helper) {
    this.#helper = helper
    this.#childHelper = experimental.createChildChannelControlHelper(helper, {
      updateState: (_state, _picker, error) => {
        if (error) this.#lastError = error
        this.#tell()
      },
    })
  }

  updateAddressList (endpoints: StatusOrEndpoints, config: experimental.TypedLoadBalancingConfig, options: ChannelOptions, note: string): boolean {
    if (!(config instanceof PolicyConfig)) return false
    this.#service = roster.service(config.service)
    if (!endpoints.ok) {
      // What was known before goes on; a name that never resolved has nothing to go on with.
      if (this.#children.size === 0) this.#helper.updateState(connectivityState.TRANSIENT_FAILURE, { pick: () => unavailable(endpoints.error.details) }, endpoints.error.details)
      return true
    }
    this.#updating = true
    this.#keep(endpoints.value, options, note)
    this.#updating = false
    this.#tell()
    return true
  }

  exitIdle (): void { for (const { leaf } of this.#children.values()) leaf.exitIdle() }
  resetBackoff (): void { /* Connections have their own. */ }
  getTypeName (): string { return POLICY_NAME }

  destroy (): void {
    for (const child of this.#children.values()) end(child)
    this.#children.clear()
  }

  /** Connections to those that stay are kept, those to others end with their last call. */
  #keep (endpoints: readonly Endpoint[], options: ChannelOptions, note: string): void {
    const wanted = new Map(endpoints.flatMap(endpoint => {
      const [first] = endpoint.addresses
      return first !== undefined && 'port' in first ? [[placeOf({ address: first.host, port: first.port }), endpoint] as const] : []
    }))
    for (const [place, child] of this.#children) {
      if (wanted.has(place)) continue
      this.#children.delete(place)
      end(child)
    }
    for (const [place, endpoint] of wanted) {
      if (this.#children.has(place)) continue
      const leaf = new experimental.LeafLoadBalancer(endpoint, this.#childHelper, options, note)
      this.#children.set(place, { leaf, waiting: new Set() })
      leaf.startConnecting()
    }
  }

  /** The channel is as well as its best connection. */
  #tell (): void {
    if (this.#updating || this.#service === undefined) return
    const states = new Set<connectivityState>()
    for (const { leaf, waiting } of this.#children.values()) {
      if (leaf.getConnectivityState() === connectivityState.IDLE) leaf.exitIdle()
      const state = leaf.getConnectivityState()
      states.add(state)
      if (state !== connectivityState.READY) release(waiting)
    }
    if (this.#children.size === 0) {
      const why = new NoInstancesError(this.#service.source.name, 'the registry has none').message
      this.#helper.updateState(connectivityState.TRANSIENT_FAILURE, { pick: () => unavailable(why) }, why)
    } else if (states.has(connectivityState.READY)) this.#helper.updateState(connectivityState.READY, this.#picker(), null)
    else if (states.has(connectivityState.CONNECTING) || states.has(connectivityState.IDLE)) this.#helper.updateState(connectivityState.CONNECTING, { pick: () => queue }, null)
    else {
      const why = `No instance of "${this.#service.source.name}" can be connected to. Last error: ${this.#lastError}`
      this.#helper.updateState(connectivityState.TRANSIENT_FAILURE, { pick: () => unavailable(why) }, why)
    }
  }

  #picker (): experimental.Picker {
    const { lanes, source } = this.#service!
    // Worked out once a change of connections or of the list, not once a call.
    let list: readonly unknown[] | undefined
    let unconnected: ReadonlySet<string> = new Set()
    return {
      pick: (args) => {
        if (list !== source.instances) {
          list = source.instances
          unconnected = new Set(source.instances.filter(instance => this.#children.get(placeOf(instance))?.leaf.getConnectivityState() !== connectivityState.READY).map(({ id }) => id))
        }
        const route = args.extraPickInfo['route']
        let picked: Picked
        try { picked = lanes.pick({ exclude: unconnected, ...route !== undefined && { route, request: requestOf(route, args.metadata) } }) } catch (error) { return unavailable((error as Error).message) }
        const child = this.#children.get(placeOf(picked.instance))
        const result = child?.leaf.getPicker().pick(args) ?? queue
        if (child === undefined || result.pickResultType !== experimental.PickResultType.COMPLETE) {
          picked.release()
          return result
        }
        return follow(result, picked, child.waiting)
      },
    }
  }
}

/** A call as routes see it (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): a POST to the method's path. */
const requestOf = (path: string, metadata: Metadata): RequestFacts => ({ method: 'POST', path, header: name => metadata.get(name.toLowerCase())[0]?.toString() })

function follow (result: PickResult, picked: Picked, waiting: Set<Picked>): PickResult {
  // A connection that is lost between the pick and the call makes gRPC pick again, without a word about the first one: it is given back when the connection says so.
  waiting.add(picked)
  return {
    ...result,
    onCallStarted: () => {
      waiting.delete(picked)
      result.onCallStarted?.()
    },
    onCallEnded: (code, details, metadata) => {
      result.onCallEnded?.(code, details, metadata)
      if (code === status.CANCELLED) picked.release()
      else picked.done({ ok: !failures.has(code) })
    },
  } as PickResult
}

function release (waiting: Set<Picked>): void {
  for (const picked of waiting) picked.release()
  waiting.clear()
}

function end ({ leaf, waiting }: Child): void {
  release(waiting)
  leaf.destroy()
}

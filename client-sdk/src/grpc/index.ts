// `@roster/client/grpc`: services of the registry as targets of @grpc/grpc-js, such as `roster:///payments`. An entry of its own, since grpc-js is an optional peer.

import { experimental } from '@grpc/grpc-js'
import { loadBalancerFor, POLICY_NAME, policyConfigFor } from './load-balancer.js'
import { resolverFor } from './resolver.js'
import type { GrpcServices } from './services.js'

export type { GrpcService, GrpcServices } from './services.js'

/**
 * From now on channels to `roster:///<service>` have their addresses from this client, live, and their calls balanced by its picker over its statistics. One client a process: the last
 * one registered is asked by channels that are made from then on.
 *
 * A channel with a `grpc.service_config` of its own keeps it; to be balanced by Roster it must say so: `{ "loadBalancingConfig": [{ "roster": { "service": "payments" } }] }`.
 * @example registerResolver(roster); const client = new Payments('roster:///payments', credentials.createInsecure())
 */
export function registerResolver (roster: GrpcServices): void {
  experimental.registerResolver('roster', resolverFor(roster))
  experimental.registerLoadBalancerType(POLICY_NAME, loadBalancerFor(roster), policyConfigFor())
}

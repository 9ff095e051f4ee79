// What gRPC needs of a client: its services, each with a live list and a way to take one of it.

import type { LaneHints } from '../chain/lanes.js'
import type { Picked } from '../balance/picked.js'
import type { Instance } from '../balance/instance.js'
import type { ServiceSource } from '../discovery/service-source.js'

export interface GrpcService { readonly source: ServiceSource, readonly lanes: { pick (hints?: LaneHints): Picked } }

/** A client fits. */
export interface GrpcServices { service (name: string): GrpcService }

/** Where connections are held: everybody who would take a call, the sick ones too, since the balancer may have to fall back on them. */
export const reachable = (instances: readonly Instance[]): readonly Instance[] => instances.filter(({ withdrawn }) => !withdrawn)

/** Key of an instance among endpoints. */
export const placeOf = ({ address, port }: { readonly address: string, readonly port: number }): string => `${address}:${port}`

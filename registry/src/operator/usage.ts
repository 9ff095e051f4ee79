// How much there is of what: the counts of operator/usage. Pure.

import { SERVER_SERVICE } from '../catalog/self.js'
import { isConnectNative } from '../state/services.js'
import { fold } from '../state/keys.js'
import type { Json } from '../catalog/wire.js'
import type { State } from '../state/state.js'

const KINDS = ['api-gateway', 'connect-proxy', 'ingress-gateway', 'mesh-gateway', 'terminating-gateway'] as const

/** Instances that count for a bill in the compatible product: all but the servers themselves, proxies and gateways. */
export function usageJson (state: State): Json {
  let services = 0
  let native = 0
  let billable = 0
  for (const name of state.services.names()) {
    services++
    for (const { value } of state.services.named(name)) {
      if (isConnectNative(value)) native++
      if (value.kind === '' && fold(name) !== SERVER_SERVICE) billable++
    }
  }
  return {
    Services: services,
    ServiceInstances: state.services.size,
    ConnectServiceInstances: { ...Object.fromEntries(KINDS.map(kind => [kind, state.services.ofKind(kind).length])), 'connect-native': native },
    BillableServiceInstances: billable,
    Nodes: state.nodes.size,
  }
}

// Who answers for a service in the mesh: its proxies and native instances, then the terminating gateways that it stands behind.

import { gatewayHealthTopics, gatewayInstances, gatewayTopics } from './gateway-services.js'
import type { ServiceEntry } from '../state/services.js'
import type { State } from '../state/state.js'

export function connectInstances (state: State, service: string): readonly ServiceEntry[] {
  const own = state.services.connect(service)
  const gateways = gatewayInstances(state, 'terminating-gateway', service)
  return gateways.length === 0 ? own : [...own, ...gateways]
}

/** Topics beside those of the service itself. */
export const connectTopics = (state: State): readonly string[] => gatewayTopics(state, 'terminating-gateway')

/** The same where their health counts. */
export const connectHealthTopics = (state: State, service: string): readonly string[] => gatewayHealthTopics(state, 'terminating-gateway', service)

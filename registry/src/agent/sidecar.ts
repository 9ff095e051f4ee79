// The sidecar that a service registers with itself (`Connect.SidecarService`): a proxy of its own id, name, port and checks, which goes with the service.

import { errors } from '../errors.js'
import { checkDefinition } from '../health/definition.js'
import { proxy } from '../http/decode/bodies/proxy.js'
import { joinHostPort } from '../health/net/host-port.js'
import { keys } from '../state/keys.js'
import { emptyToNull } from '../catalog/service-rules.js'
import type { Draft } from '../engine/draft.js'
import type { AgentServiceRecord } from '../state/agent.js'
import type { CheckBody } from '../http/decode/bodies/check.js'
import type { ServiceBody } from '../http/decode/bodies/service.js'

export const sidecarId = (serviceId: string): string => `${serviceId}-sidecar-proxy`

/** The whole registration of the sidecar inside `parent`, but for a port that is still to be found; `undefined` when it has none. */
export function sidecarOf (parent: ServiceBody): ServiceBody | undefined {
  const sidecar = parent.connect?.sidecarService ?? null
  if (sidecar === null) return undefined
  const parentId = parent.id === '' ? parent.name : parent.id
  const settings = sidecar.proxy ?? proxy.zero()
  return {
    ...sidecar,
    id: sidecarId(parentId),
    kind: sidecar.kind === '' ? 'connect-proxy' : sidecar.kind,
    name: sidecar.name === '' ? `${parent.name}-sidecar-proxy` : sidecar.name,
    tags: (sidecar.tags?.length ?? 0) === 0 && (parent.tags?.length ?? 0) > 0 ? parent.tags : sidecar.tags,
    meta: emptyToNull(sidecar.meta) ?? emptyToNull(parent.meta) ?? sidecar.meta,
    address: sidecar.address === '' ? parent.address : sidecar.address,
    locality: sidecar.locality ?? parent.locality,
    token: sidecar.token === '' ? parent.token : sidecar.token,
    proxy: {
      ...settings,
      DestinationServiceName: settings.DestinationServiceName === '' ? parent.name : settings.DestinationServiceName,
      DestinationServiceID: settings.DestinationServiceID === '' ? parentId : settings.DestinationServiceID,
      ...localService(settings, parent),
    },
  }
}

type LocalService = Pick<NonNullable<ServiceBody['proxy']>, 'LocalServiceAddress' | 'LocalServicePort' | 'LocalServiceSocketPath'>

/** Where the proxy finds the service: as it says, else by the service's own socket or port on this host. */
function localService (settings: LocalService, parent: ServiceBody): LocalService {
  const { LocalServiceAddress, LocalServicePort, LocalServiceSocketPath } = settings
  if (LocalServiceSocketPath !== '' || (LocalServiceAddress !== '' && LocalServicePort >= 1)) return { LocalServiceAddress, LocalServicePort, LocalServiceSocketPath }
  if (parent.socketPath !== '') return { LocalServiceAddress, LocalServicePort, LocalServiceSocketPath: parent.socketPath }
  return {
    LocalServiceAddress: LocalServiceAddress === '' ? '127.0.0.1' : LocalServiceAddress,
    LocalServicePort: LocalServicePort < 1 ? parent.port : LocalServicePort,
    LocalServiceSocketPath,
  }
}

export interface PortRange { readonly sidecarMin: number, readonly sidecarMax: number }

/**
 * The sidecar's port: its own, else the one from the range that it had before, else the lowest that no service of this agent has.
 * @throws RosterError 500 when there is none
 */
export function sidecarPort (draft: Draft, sidecar: ServiceBody, { sidecarMin, sidecarMax }: PortRange): number {
  if ((sidecar.ports?.length ?? 0) > 0) throw errors.SIDECAR_PORT_AND_PORTS()
  if (sidecar.port > 0) return sidecar.port
  if (sidecarMin < 1 || sidecarMax < 1) throw errors.SIDECAR_PORTS_DISABLED()
  const inRange = (port: number): boolean => port >= sidecarMin && port <= sidecarMax
  const before = draft.get<AgentServiceRecord>(keys.agentService(sidecar.id))?.service.port ?? 0
  if (inRange(before)) return before
  const taken = new Set(draft.range<AgentServiceRecord>(keys.agentServices).map(([, { service }]) => service.port).filter(inRange))
  for (let port = sidecarMin; port <= sidecarMax; port++) if (!taken.has(port)) return port
  throw errors.SIDECAR_PORTS_TAKEN(sidecarMin, sidecarMax)
}

/** The checks of a sidecar that brings none: that it listens, and that its service is well. */
export function sidecarDefaultChecks (sidecar: ServiceBody, parentId: string): CheckBody[] {
  const unnamed = { id: '', notes: '', status: '', serviceId: '', token: '' }
  const host = sidecar.address !== '' ? sidecar.address : sidecar.proxy!.LocalServiceAddress
  return [
    { ...checkDefinition({ tcp: joinHostPort(host, sidecar.port), intervalMs: 10_000 }), ...unnamed, name: 'Connect Sidecar Listening' },
    { ...checkDefinition({ aliasService: parentId }), ...unnamed, name: `Connect Sidecar Aliasing ${parentId}` },
  ]
}

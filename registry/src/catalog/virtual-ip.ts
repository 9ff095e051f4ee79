// Virtual addresses: one for each service that proxies speak for or that is connect native, so that a transparent proxy can tell by the address whom
// its service calls. A service keeps its address for good, also when it goes and comes back: nobody who remembers it may reach another.

import { isConnectNative, proxyTarget } from '../state/services.js'
import { same } from '../engine/draft.js'
import { fold, keys } from '../state/keys.js'
import type { TerminatingGateway } from '../config-entries/kinds/terminating-gateway.js'
import type { ConfigEntryRecord } from '../state/config-entries.js'
import type { Draft } from '../engine/draft.js'
import type { ServiceRecord } from '../state/services.js'
import type { VirtualIpRecord } from '../state/virtual-ips.js'

/** Tag under which an instance shows the virtual address of its service. */
const VIRTUAL = 'consul-virtual'

/** 240.0.0.0/4 is reserved for the future, so it is nobody's on any network. RFC 1112, section 4. */
const FIRST_BYTE = 240

/** The instance with the virtual address of the service that it speaks for; one that speaks for none stays as it is. */
export function withVirtualIp (draft: Draft, service: ServiceRecord): ServiceRecord {
  if (service.kind === 'terminating-gateway') return withLinkedIps(draft, service)
  const name = service.kind === 'connect-proxy' ? proxyTarget(service) : isConnectNative(service) ? service.name : ''
  if (name === '') return service
  return { ...service, taggedAddresses: { ...service.taggedAddresses, [VIRTUAL]: { address: giveVirtualIp(draft, name), port: service.port } } }
}

/** A terminating gateway speaks for several: each of the services that its config entry names has its address there, under a tag of its own. */
function withLinkedIps (draft: Draft, service: ServiceRecord): ServiceRecord {
  const entry = draft.get<ConfigEntryRecord>(keys.configEntry('terminating-gateway', service.name))?.entry as TerminatingGateway | undefined
  const own = Object.entries(service.taggedAddresses ?? {}).filter(([tag]) => !tag.startsWith(`${VIRTUAL}:`))
  const linked = (entry?.Services ?? []).map(({ Name }) => [`${VIRTUAL}:${Name}`, { address: giveVirtualIp(draft, Name), port: 0 }] as const)
  const addresses = Object.fromEntries([...own, ...linked])
  return { ...service, taggedAddresses: Object.keys(addresses).length === 0 ? null : addresses }
}

/** Brings the instances of a terminating gateway up to date with its config entry. It is written rarely, so that the walk over all that is registered may take its time. */
export function relinkGateway (draft: Draft, gateway: string): void {
  for (const [key, service] of draft.range<ServiceRecord>(keys.nodes)) {
    if (service.kind !== 'terminating-gateway' || fold(service.name) !== fold(gateway)) continue
    const linked = withLinkedIps(draft, service)
    // Clients know the metadata of such an instance as an empty object, not as none.
    if (!same(linked, service)) draft.put(key, { ...linked, meta: linked.meta ?? {} })
  }
}

/** The virtual address of a service: the one that it has, else the next one. */
export function giveVirtualIp (draft: Draft, service: string): string {
  const known = draft.get<VirtualIpRecord>(keys.virtualIp(service))
  if (known !== undefined) return known.address
  const last = draft.get<{ offset: number }>(keys.lastVirtualIp)?.offset ?? 0
  const address = virtualAddress(last + 1)
  draft.put(keys.lastVirtualIp, { offset: last + 1 })
  draft.put(keys.virtualIp(service), { service, address } satisfies VirtualIpRecord)
  return address
}

/** @example virtualAddress(258) is '240.0.1.2' */
export const virtualAddress = (offset: number): string =>
  `${FIRST_BYTE + (offset >>> 24 & 0x0f)}.${offset >>> 16 & 0xff}.${offset >>> 8 & 0xff}.${offset & 0xff}`

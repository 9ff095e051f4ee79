// From the body of a registration (or the same words in a configuration file) to the instance that agent and catalog keep: what stands in for the
// unset. What is refused is said in service-refusals.ts; the catalog's own registrations are ../catalog/register.ts.

import { isIPv4, isIPv6 } from 'node:net'
import { connectJson, emptyToNull, portOf, proxyJson } from '../catalog/service-rules.js'
import { addressBytes } from '../catalog/filter/address-bytes.js'
import { registeredProxy } from './central-config.js'
import type { ServiceBody } from '../http/decode/bodies/service.js'
import type { ServiceAddress, ServiceRecord } from '../state/services.js'

type Addresses = Readonly<Record<string, ServiceAddress>>

/** The instance on `node`. A service with named ports has no port of its own. */
export function serviceRecord (body: ServiceBody, node: string): ServiceRecord {
  return {
    node,
    kind: body.kind,
    id: body.id === '' ? body.name : body.id,
    name: body.name,
    tags: body.tags ?? [],
    address: body.address,
    taggedAddresses: emptyToNull(taggedAddresses(body)),
    meta: body.meta,
    port: body.port,
    ports: body.ports,
    socketPath: body.socketPath,
    weights: body.weights === null ? { passing: 1, warning: 1 } : { passing: Math.max(1, body.weights.passing), warning: body.weights.warning },
    enableTagOverride: body.enableTagOverride,
    proxy: proxyJson(registeredProxy(body)),
    connect: connectJson(body.connect?.native === true),
    locality: body.locality,
  }
}

export type IpFamily = 'ipv4' | 'ipv6'

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]

/** The family of a literal address; one that is IPv4 in the clothes of IPv6 is IPv4, one with a zone is none, as for Go. */
export function ipFamily (address: string): IpFamily | undefined {
  if (isIPv4(address)) return 'ipv4'
  if (!isIPv6(address) || address.includes('%')) return undefined
  const bytes = addressBytes(address)
  return MAPPED.every((byte, i) => bytes[i] === byte) ? 'ipv4' : 'ipv6'
}

/** A literal address is found under the tags of its family too, unless the registration says otherwise there. */
function taggedAddresses (body: ServiceBody): Addresses | null {
  const family = body.address === '' ? undefined : ipFamily(body.address)
  if (family === undefined) return body.taggedAddresses
  const own = { address: body.address, port: portOf(body) }
  return { [`lan_${family}`]: own, [`wan_${family}`]: own, ...body.taggedAddresses }
}

// Which instances of another registry are shown here, on which lease, and what is said of each. Pure; asking, granting and renewing are cli/import/mirror.ts.

import type { CatalogService, HealthCheck, HealthEntry, LeaseStatus, ServiceBody } from '@roster/client/api'

/** In the metadata of every mirrored instance, the convention of all who bring instances in from elsewhere. */
export const SOURCE_KEY = 'external-source'
export const SOURCE = 'consul'

/** What the checks of mirrored instances say when their mirror has ended. */
export const STOPPED = 'mirror stopped'

/** Longest output that is mirrored, characters: enough for a reason, too little to fill a catalog. */
const MAX_OUTPUT = 4096

export interface MirroredInstance {
  readonly body: ServiceBody
  readonly status: LeaseStatus
  /** '' while it is passing, so that chatty checks wake nobody. */
  readonly output: string
}

/** All that is mirrored of one node; `id` is the lease's. */
export interface MirroredNode {
  readonly id: string
  readonly node: string
  readonly address: string
  /** By service id. */
  readonly instances: ReadonlyMap<string, MirroredInstance>
}

/** Leases of the mirror of one datacenter begin with this, so that a mirror that starts anew knows those of the one before. */
export const leasePrefix = (datacenter: string): string => `mirror:consul:${datacenter}:`

/**
 * The name of a node here. Never the same as there: an instance that comes to be registered here, on a node of the same name and under the same id, would
 * otherwise be taken for the mirrored one, and be refused or taken over.
 */
export const mirrorNode = (node: string): string => `${node}-mirror`

/**
 * One lease a node, on it every ordinary instance that is not registered here as well: ours wins. Proxies and gateways stay behind, since they live by the
 * other registry's certificates, and so does the other registry itself.
 *
 * @example with `web-1` on `h1` at both registries nothing is mirrored; with `web-2` on `h1` only there: `h1-mirror` with `web-2`
 * @param theirs instances there with their checks, those of the node included
 * @param ours instances here of the same services
 */
export function planMirror (datacenter: string, theirs: readonly HealthEntry[], ours: readonly CatalogService[]): readonly MirroredNode[] {
  const taken = new Set<string>()
  for (const instance of ours) {
    if (isMirrored(instance)) continue
    taken.add(idOf(instance.ServiceName, instance.ServiceID))
    if (instance.ServicePort > 0) taken.add(placeOf(instance.ServiceName, instance.ServiceAddress || instance.Address, instance.ServicePort))
  }
  const nodes = new Map<string, MirroredNode & { readonly instances: Map<string, MirroredInstance> }>()
  for (const entry of theirs) {
    const { Node: node, Service: service } = entry
    if ((service.Kind ?? '') !== '' || service.Service === 'consul') continue
    const address = service.Address || node.Address
    if (taken.has(idOf(service.Service, service.ID)) || taken.has(placeOf(service.Service, address, service.Port ?? 0))) continue
    let mirrored = nodes.get(node.Node)
    if (mirrored === undefined) nodes.set(node.Node, mirrored = { id: leasePrefix(datacenter) + node.Node, node: mirrorNode(node.Node), address: node.Address, instances: new Map() })
    mirrored.instances.set(service.ID, { body: bodyOf(entry, address), ...verdict(entry.Checks) })
  }
  return [...nodes.values()]
}

const idOf = (service: string, id: string): string => `${service}\0id\0${id}`
const placeOf = (service: string, address: string, port: number): string => `${service}\0at\0${address}\0${port}`

const isMirrored = (instance: CatalogService): boolean => instance.ServiceMeta[SOURCE_KEY] === SOURCE

function bodyOf ({ Service: service }: HealthEntry, address: string): ServiceBody {
  return {
    ID: service.ID,
    Name: service.Service,
    Tags: service.Tags ?? [],
    Address: address,
    Meta: { ...service.Meta, [SOURCE_KEY]: SOURCE },
    Weights: service.Weights,
    ...service.EnableTagOverride && { EnableTagOverride: true },
    ...service.Port !== undefined && service.Port > 0 && { Port: service.Port },
    ...service.Ports !== undefined && service.Ports !== null && service.Ports.length > 0 && { Ports: service.Ports },
    ...service.SocketPath !== undefined && service.SocketPath !== '' && { SocketPath: service.SocketPath },
    ...service.TaggedAddresses !== undefined && Object.keys(service.TaggedAddresses).length > 0 && { TaggedAddresses: service.TaggedAddresses },
    ...service.Locality && { Locality: service.Locality },
  }
}

const SEVERITY = ['passing', 'warning', 'critical'] as const

/** All checks as one: the worst of them, and what those that do not pass have to say. */
export function verdict (checks: ReadonlyArray<Pick<HealthCheck, 'Name' | 'Status' | 'Output'>>): { readonly status: LeaseStatus, readonly output: string } {
  const worst = Math.max(0, ...checks.map(check => SEVERITY.indexOf(check.Status)))
  const output = checks.filter(check => check.Status !== 'passing').map(check => `${check.Name}: ${check.Output}`).join('\n')
  return { status: SEVERITY[worst]!, output: output.slice(0, MAX_OUTPUT) }
}

/** Instances of one lease that are to be told the same: one call each. */
export interface Say { readonly Status: LeaseStatus, readonly Output: string, readonly ServiceIDs: readonly string[] }

/** What has to be said so that `next` is known, worst first; what is known from `before` is not said again. */
export function newWords (before: MirroredNode | undefined, next: MirroredNode): readonly Say[] {
  const groups = new Map<string, { readonly Status: LeaseStatus, readonly Output: string, readonly ServiceIDs: string[] }>()
  for (const [id, { status, output }] of next.instances) {
    const known = before?.instances.get(id)
    if (known !== undefined && known.status === status && known.output === output) continue
    const key = `${status}\0${output}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { Status: status, Output: output, ServiceIDs: [id] })
    else group.ServiceIDs.push(id)
  }
  const severity = ({ Status }: Say): number => SEVERITY.findIndex(known => known === Status)
  return [...groups.values()].sort((a, b) => severity(b) - severity(a))
}

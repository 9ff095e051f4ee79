// Services in short, as lists of the web UI show them: instances counted by name, with their nodes, tags and the states of their checks. A proxy is a service
// of its own, and its checks count for the one that it stands before too.

import { isConnectNative, proxyTarget } from '../state/services.js'
import type { Instance } from '../catalog/select.js'
import type { Json } from '../catalog/wire.js'

/** Metadata key that says which system an instance, or an intention, was registered by. */
export const EXTERNAL_SOURCE = 'external-source'

export interface Summary {
  readonly name: string
  /** Of the instance seen last; '' when only proxies of it are registered. */
  kind: string
  datacenter: string
  instances: number
  connectNative: boolean
  /** Some proxy stands before it. */
  hasProxy: boolean
  /** `undefined` until a proxy was seen; true when all are in transparent mode. */
  transparent: boolean | undefined
  readonly nodes: Set<string>
  readonly tags: Set<string>
  readonly externalSources: Set<string>
  /** Addresses at which an ingress gateway listens for it. */
  readonly addresses: Set<string>
  /** Services behind it, when it is a gateway. */
  associated: number
  /** State by node and check id: a check of a node is seen once for each of its instances. */
  readonly checks: Map<string, string>
}

/** Kinds that are services of their own for people; the others only carry their traffic. */
const IN_FRONT: readonly string[] = ['', 'ingress-gateway', 'api-gateway']

export const isSidecar = ({ kind }: Summary): boolean => !IN_FRONT.includes(kind)

export class Summaries {
  /** By name as it is written: two that differ in letter case are two for who reads the list. */
  readonly #byName = new Map<string, Summary>()

  /** The summary of a service, begun if there is none. */
  of (name: string): Summary {
    let found = this.#byName.get(name)
    if (found === undefined) {
      found = {
        name,
        kind: '',
        datacenter: '',
        instances: 0,
        connectNative: false,
        hasProxy: false,
        transparent: undefined,
        nodes: new Set(),
        tags: new Set(),
        externalSources: new Set(),
        addresses: new Set(),
        associated: 0,
        checks: new Map(),
      }
      this.#byName.set(name, found)
    }
    return found
  }

  get (name: string): Summary | undefined { return this.#byName.get(name) }

  add ({ node, service: { value: service }, checks }: Instance): void {
    const summary = this.of(service.name)
    summary.kind = service.kind
    summary.datacenter = node.value.datacenter
    summary.instances++
    summary.nodes.add(node.value.name)
    for (const tag of service.tags) summary.tags.add(tag)
    const source = service.meta?.[EXTERNAL_SOURCE] ?? ''
    if (source !== '') summary.externalSources.add(source)
    if (isConnectNative(service)) summary.connectNative = true
    const concerned = [summary]
    if (service.kind === 'connect-proxy') {
      const target = this.of(proxyTarget(service))
      target.hasProxy = true
      target.transparent = (target.transparent ?? true) && isTransparent(service.proxy)
      concerned.push(target)
    }
    for (const { value: check } of checks) for (const of of concerned) of.checks.set(`${node.value.name}/${check.checkId}`, check.status)
  }

  /** By name. */
  sorted (): Summary[] { return [...this.#byName.values()].sort((a, b) => a.name < b.name ? -1 : 1) }
}

/** The proxy takes what its service sends, wherever it goes. */
export const isTransparent = (proxy: Readonly<Record<string, unknown>> | null): boolean => proxy?.['Mode'] === 'transparent'

const listed = (values: ReadonlySet<string>, sort = true): readonly string[] | null => values.size === 0 ? null : sort ? [...values].sort() : [...values]

export function summaryJson (of: Summary): Json {
  let [passing, warning, critical] = [0, 0, 0]
  for (const status of of.checks.values()) {
    if (status === 'passing') passing++
    else if (status === 'warning') warning++
    else if (status === 'critical') critical++
  }
  return {
    ...(of.kind === '' ? {} : { Kind: of.kind }),
    Name: of.name,
    Datacenter: of.datacenter,
    Tags: listed(of.tags),
    Nodes: listed(of.nodes),
    ExternalSources: listed(of.externalSources, false),
    InstanceCount: of.instances,
    ChecksPassing: passing,
    ChecksWarning: warning,
    ChecksCritical: critical,
    GatewayConfig: { ...(of.associated === 0 ? {} : { AssociatedServiceCount: of.associated }), ...(of.addresses.size === 0 ? {} : { Addresses: [...of.addresses] }) },
    TransparentProxy: of.transparent ?? false,
    ConnectNative: of.connectNative,
  }
}

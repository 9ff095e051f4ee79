// An instance as DNS answers it: who is fit to be answered, with what weight, port and address. Pure.

import { TYPE } from './codes.js'
import { parseIp } from './ip-address.js'
import type { IpBytes } from './ip-address.js'
import type { State } from '../state/state.js'
import type { NodeRecord } from '../state/nodes.js'
import type { ServiceEntry, ServiceRecord } from '../state/services.js'
import type { CheckRecord } from '../state/checks.js'

export interface Instance {
  readonly node: NodeRecord
  readonly service: ServiceRecord
  /** The node's checks and the instance's own. */
  readonly checks: readonly CheckRecord[]
}

/**
 * Those of `entries` that are to be answered, in their order. Maintenance is a critical check like any other.
 * @param onlyPassing leave out what is not passing; otherwise only what is critical
 */
export function fitInstances (state: State, entries: readonly ServiceEntry[], onlyPassing: boolean): Instance[] {
  const fit: Instance[] = []
  for (const { value: service } of entries) {
    const node = state.nodes.get(service.node)?.value
    if (node === undefined) continue
    const checks = [...state.checks.nodeWide(service.node), ...state.checks.ofInstance(service.node, service.id)].map(entry => entry.value)
    if (checks.some(c => c.status === 'critical' || (onlyPassing && c.status !== 'passing'))) continue
    fit.push({ node, service, checks })
  }
  return fit
}

/** Those with a tag, in small letters; '' is any. */
export function tagged (instances: readonly Instance[], tag: string): readonly Instance[] {
  return tag === '' ? instances : instances.filter(({ service }) => service.tags.some(t => t.toLowerCase() === tag))
}

const MAX_WEIGHT = 65535

/** SRV weight (RFC 2782): what the service says for its status; 1 where it says what cannot be, or where a check is in a state that nobody knows. */
export function weightOf ({ service: { weights }, checks }: Instance): number {
  if (weights.passing < 1 || weights.passing > MAX_WEIGHT || weights.warning < 0 || weights.warning > MAX_WEIGHT) return 1
  if (checks.some(c => c.status !== 'passing' && c.status !== 'warning')) return 1
  return checks.some(c => c.status === 'warning') ? weights.warning : weights.passing
}

/** @param name of a port in small letters, '' for the service's own; @returns undefined when there is no such port */
export function portOf ({ service: { port, ports } }: Instance, name: string): number | undefined {
  if (name === '') return ports?.find(p => p.default)?.port ?? port
  return ports?.find(p => p.name.toLowerCase() === name)?.port
}

/** Where an instance or a node is reached. */
export interface Location {
  readonly text: string
  /** `undefined` when the text is a name. */
  readonly ip: IpBytes | undefined
  /** It is the very address that the node is registered with, so that the node's name stands for it. */
  readonly isNodesOwn: boolean
}

const LAN4 = 'lan_ipv4'
const LAN6 = 'lan_ipv6'

/** The instance's own address if it has one, else its node's. */
export function instanceLocation (instance: Pick<Instance, 'node' | 'service'>, type: number): Location {
  const text = ownText(instance.service, type)
  return text === '' ? nodeLocation(instance.node, type) : { text, ip: parseIp(text), isNodesOwn: false }
}

export function nodeLocation (node: NodeRecord, type: number): Location {
  const text = nodeText(node, type)
  return { text, ip: parseIp(text), isNodesOwn: text === node.address }
}

/** Every text that may be answered as the instance's address, whatever the type. */
export const instanceTexts = ({ node, service }: Pick<Instance, 'node' | 'service'>): string[] =>
  FAMILIES.map(type => ownText(service, type) || nodeText(node, type))

export const nodeTexts = (node: NodeRecord): string[] => FAMILIES.map(type => nodeText(node, type))

const FAMILIES = [TYPE.A, TYPE.AAAA] as const

const ownText = ({ address, taggedAddresses: tagged }: ServiceRecord, type: number): string => byFamily(type, address, tagged?.[LAN4]?.address, tagged?.[LAN6]?.address)

const nodeText = ({ address, taggedAddresses: tagged }: NodeRecord, type: number): string => byFamily(type, address, tagged?.[LAN4], tagged?.[LAN6])

/** An address tagged for the family that was asked stands in for the plain one; where either family would do, IPv6 goes first. */
function byFamily (type: number, plain: string, lan4 = '', lan6 = ''): string {
  if (type !== TYPE.A && lan6 !== '') return lan6
  if (type !== TYPE.AAAA && lan4 !== '') return lan4
  return plain
}

/** Types whose answers hold addresses of either family; a TXT question for a service is answered as ANY is. */
const EITHER_FAMILY: readonly number[] = [TYPE.ANY, TYPE.SRV, TYPE.TXT]

/** An address of this family answers a question of this type. */
export const answersType = (type: number, ip: IpBytes): boolean => type === (ip.length === 4 ? TYPE.A : TYPE.AAAA) || EITHER_FAMILY.includes(type)

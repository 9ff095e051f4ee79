// An instance in one short row: what a list of very many needs to be searched, sorted and understood. The whole of it is in the kind `health`.

import { instanceOf, worst } from '../catalog/select.js'
import { fold } from '../state/keys.js'
import type { Instance } from '../catalog/select.js'
import type { ServiceEntry, ServiceRecord } from '../state/services.js'
import type { State } from '../state/state.js'

/** Health as people mean it: who is out by its own word, or by an operator's, is not broken. */
export type Condition = 'passing' | 'warning' | 'critical' | 'draining' | 'maintenance' | 'not-ready'

/** Longest piece of an output, characters. */
const OUTPUT_LENGTH = 160

export function conditionOf (state: State, { checks, service }: Instance): { readonly condition: Condition, readonly output: string } {
  const health = worst(checks)
  if (health === 'passing') return { condition: 'passing', output: '' }
  const own = `service:${service.value.id}`
  const bad = checks.filter(({ value: { status } }) => health === 'warning' ? status === 'warning' : status !== 'passing' && status !== 'warning').map(({ value }) => value)
  const maintenance = bad.find(({ checkId }) => checkId === '_node_maintenance' || checkId.startsWith('_service_maintenance:'))
  const first = (text: string): string => text.trim().split('\n', 1)[0]!.slice(0, OUTPUT_LENGTH)
  if (maintenance !== undefined) return { condition: 'maintenance', output: first(maintenance.notes) }
  // The word of a lease, or the words that the SDK uses where there are no leases.
  const said = state.leases.byId.get(leaseOf(state, service.value) ?? '')?.value
  const check = bad.find(({ checkId }) => checkId === own)
  const word = said === undefined ? /^(?:draining|not ready)\b/.exec(check?.output ?? '')?.[0].replace(' ', '-') : said.lapsed ? undefined : said.words[service.value.id]?.status
  if (check !== undefined && (word === 'draining' || word === 'not-ready')) return { condition: word, output: first(check.output) }
  return { condition: health, output: first(bad[0]!.output) }
}

const leaseOf = (state: State, { node, id }: ServiceRecord): string | undefined => state.leases.ownerOf.get(`${fold(node)}\0${fold(id)}`)

/** Who keeps the registration: `lease:<id>`, `agent`, or '' for the catalog alone. */
export function ownerOf (state: State, { value }: ServiceEntry, ownNode: string): string {
  const { node, id } = value
  const lease = leaseOf(state, value)
  if (lease !== undefined) return `lease:${lease}`
  return fold(node) === fold(ownNode) && state.agent.services.has(id) ? 'agent' : ''
}

/** JSON's shape; what is empty is left out. */
export function instanceRow (state: State, entry: ServiceEntry, ownNode: string): Readonly<Record<string, unknown>> | undefined {
  const instance = instanceOf(state, entry)
  if (instance === undefined) return undefined
  const { node: { value: node }, service: { value: service } } = instance
  const { condition, output } = conditionOf(state, instance)
  const owner = ownerOf(state, entry, ownNode)
  const zone = service.locality?.zone || node.locality?.zone || service.meta?.['zone'] || node.meta?.['zone'] || ''
  return {
    Node: node.name,
    Service: service.name,
    ID: service.id,
    Address: service.address || node.address,
    Port: service.ports?.find(port => port.default)?.port ?? service.port,
    State: condition,
    ...output !== '' && { Output: output },
    ...service.kind !== '' && { Kind: service.kind },
    ...service.tags.length > 0 && { Tags: service.tags },
    ...service.meta !== null && Object.keys(service.meta).length > 0 && { Meta: service.meta },
    ...(service.weights.passing !== 1 || service.weights.warning !== 1) && { Weight: service.weights.passing, WeightWarning: service.weights.warning },
    ...zone !== '' && { Zone: zone },
    ...owner !== '' && { Owner: owner },
  }
}

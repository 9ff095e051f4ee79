// From the description of a check to the row that agent and catalog show, and the definition that health/ works by. Inside a service and on its own a
// check is described alike, but for its id, its name and how unset durations are shown.

import { checkDefinition, sparseDefinition, typeOf } from '../health/definition.js'
import { formatMs } from '../http/decode/duration.js'
import type { CheckType } from '../health/definition.js'
import type { CheckBody } from '../http/decode/bodies/check.js'
import type { ServiceBody } from '../http/decode/bodies/service.js'
import type { CheckRecord } from '../state/checks.js'
import type { AgentCheckRecord, AgentServiceRecord, RegistrationSource } from '../state/agent.js'

/** The checks inside a registration, in the order in which they are numbered. */
export const checksOf = (body: ServiceBody): readonly CheckBody[] => body.check === null ? body.checks : [body.check, ...body.checks]

/** The checks that come with a service, as they are before anything is known of them. */
export function embeddedChecks ({ service, token, source, nullTags }: AgentServiceRecord, checks: readonly CheckBody[]): AgentCheckRecord[] {
  return checks.map((body, i) => ({
    check: described(body, {
      node: service.node,
      checkId: body.id !== '' ? body.id : checks.length === 1 ? `service:${service.id}` : `service:${service.id}:${i + 1}`,
      name: body.name === '' ? `Service '${service.name}' check` : body.name,
      serviceId: service.id,
      serviceName: service.name,
      serviceTags: service.tags,
      type: typeOf(body) ?? '',
      interval: body.intervalMs === 0 ? '' : formatMs(body.intervalMs),
      timeout: body.timeoutMs === 0 ? '' : formatMs(body.timeoutMs),
    }),
    definition: sparseDefinition(body),
    token,
    source,
    confirmed: false,
    nullTags,
  }))
}

/** A check on its own: of the node, or of `owner`. Checks of files do not show their type, as in Consul. */
export function standaloneCheck (node: string, owner: AgentServiceRecord | undefined, body: CheckBody, source: RegistrationSource): AgentCheckRecord {
  return {
    check: described(body, {
      node,
      checkId: body.id === '' ? body.name : body.id,
      name: body.name,
      serviceId: body.serviceId,
      serviceName: owner?.service.name ?? '',
      serviceTags: owner?.service.tags ?? [],
      type: source === 'file' ? '' : typeOf(body) ?? '',
      interval: formatMs(body.intervalMs),
      timeout: formatMs(body.timeoutMs),
    }),
    definition: sparseDefinition(body),
    token: body.token,
    source,
    confirmed: false,
    nullTags: owner?.nullTags ?? true,
  }
}

type Place = Pick<CheckRecord, 'node' | 'checkId' | 'name' | 'serviceId' | 'serviceName' | 'serviceTags' | 'type' | 'interval' | 'timeout'>

/** Catalog-registered checks alone have a definition in wire shape. */
const NO_DEFINITION = Object.freeze({})

/** One literal with every field in its place: all checks then have one shape in memory, which is what makes them cheap. */
const described = (body: CheckBody, { node, checkId, name, serviceId, serviceName, serviceTags, type, interval, timeout }: Place): CheckRecord => ({
  node,
  checkId,
  name,
  status: body.status === '' ? 'critical' : body.status,
  notes: body.notes,
  output: '',
  serviceId,
  serviceName,
  serviceTags,
  type,
  interval,
  timeout,
  exposedPort: 0,
  definition: NO_DEFINITION,
})

/** How the check is found out; `undefined` for one that nobody finds out. */
export const checkTypeOf = ({ definition }: AgentCheckRecord): CheckType | undefined => definition === null ? undefined : typeOf(checkDefinition(definition))

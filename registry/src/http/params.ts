// Parameters that many routes share: datacenter, Enterprise words, passing, filter.

import { errors } from '../errors.js'
import type { Request } from './route.js'
import type { Roster } from '../roster.js'

/** Refuses datacenters other than ours. @throws RosterError 500 `No path to datacenter` */
export function checkDatacenter (request: Request, roster: Roster): void {
  const dc = request.query.get('datacenter') || request.query.get('dc')
  if (dc !== '' && dc !== roster.config.datacenter) throw errors.NO_PATH_TO_DATACENTER()
}

/** Which Enterprise words an endpoint looks at. */
export type EnterpriseWords = 'both' | 'partition' | 'none'

/** Refuses namespaces and partitions, `default` too. @throws RosterError 400 */
export function checkEnterprise (request: Request, words: EnterpriseWords = 'both'): void {
  if (words === 'none') return
  if (words === 'both') {
    if (request.query.get('ns') !== '') throw errors.NAMESPACE_QUERY()
    if (headerOf(request, 'x-consul-namespace') !== '') throw errors.NAMESPACE_HEADER()
  }
  if (request.query.get('partition') !== '') throw errors.PARTITION_QUERY()
  if (headerOf(request, 'x-consul-partition') !== '') throw errors.PARTITION_HEADER()
}

const headerOf = (request: Request, name: string): string => String(request.headers[name] ?? '')

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True']
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False']

/** `?passing`: presence or a Go boolean. @throws RosterError 400 */
export function passingOnly (request: Request): boolean {
  if (!request.query.has('passing')) return false
  const value = request.query.get('passing')
  if (value === '' || TRUE.includes(value)) return true
  if (FALSE.includes(value)) return false
  throw errors.BAD_PASSING()
}

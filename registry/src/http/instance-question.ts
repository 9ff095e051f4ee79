// The parameters of a question about instances, alike for /v1/health and /v1/explain.

import { errors } from '../errors.js'
import { passingOnly } from './params.js'
import { nodeMeta } from '../catalog/select.js'
import type { InstanceQuestion } from '../catalog/instance-selection.js'
import type { Request } from './route.js'

/** The name is what the path captures. @throws RosterError 400 for what cannot be meant, 500 for what another edition has */
export function instanceQuestion (request: Request, which: InstanceQuestion['which']): InstanceQuestion {
  const { query, rest: name } = request
  if (name === '') throw errors.MISSING_SERVICE_NAME()
  const peer = query.get('peer')
  if (query.get('sg') !== '') throw peer === '' ? errors.SAMENESS_GROUPS() : errors.PEER_AND_SAMENESS()
  return { which, name, peer, passing: passingOnly(request), tags: query.all('tag'), meta: nodeMeta(query.all('node-meta')) }
}

// `?filter=` on a route: compiled before the read, so that a bad one is refused even when there is nothing to filter.

import { FilterCache } from '../catalog/filter/filter-cache.js'
import { schemas } from '../catalog/filter/schemas.js'
import type { FilterAnswer } from '../catalog/filter/filter.js'
import type { Request } from './route.js'
import type { Json } from '../catalog/wire.js'

/** Compiled filters hold no state of a server, so one cache serves all that run in this process. */
const cache = new FilterCache()

const all = (): boolean => true

/** @param answer `bare` where Consul says what is wrong without the usual introduction @throws RosterError `FILTER` */
export function compile (request: Request, schema: keyof typeof schemas, answer: FilterAnswer = 'full'): (record: Json) => boolean {
  const text = request.query.get('filter')
  return text === '' ? all : cache.compile(text, schemas[schema], answer)
}

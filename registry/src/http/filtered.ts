// `?filter=` on a route: compiled before the read, so that a bad one is refused even when there is nothing to filter.

import { compileFilter } from '../catalog/filter/filter.js'
import { schemas } from '../catalog/filter/schemas.js'
import type { Request } from './route.js'
import type { Json } from '../catalog/wire.js'

const all = (): boolean => true

/** @throws RosterError `FILTER` */
export function compile (request: Request, schema: keyof typeof schemas): (record: Json) => boolean {
  const text = request.query.get('filter')
  return text === '' ? all : compileFilter(text, schemas[schema])
}

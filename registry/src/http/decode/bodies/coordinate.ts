// The body of PUT coordinate/update.

import { bodyDecoder } from '../body.js'
import type { Value } from '../kind.js'
import { float, text } from '../scalar-kinds.js'
import { list, optional } from '../collection-kinds.js'
import { field, table, within } from '../table.js'

/** A position in the Vivaldi network space. Distances are in seconds. */
const coordinate = table({ name: 'Coordinate', type: 'coordinate.Coordinate' }, {
  /** Seconds; eight of them in a compatible coordinate, not checked here. */
  vec: field('Vec', list(float)),
  error: field('Error', float),
  /** Seconds. */
  adjustment: field('Adjustment', float),
  /** Seconds. */
  height: field('Height', float),
})

export const coordinateUpdate = table({ name: 'CoordinateUpdateRequest', type: 'structs.CoordinateUpdateRequest' }, {
  datacenter: field('Datacenter', text),
  node: field('Node', text),
  segment: field('Segment', text),
  coord: field('Coord', optional(coordinate)),
  /** ACL token, where the request itself carries none. */
  token: within('WriteRequest', field('Token', text)),
})

export type CoordinateUpdateBody = Value<typeof coordinateUpdate>

export const decodeCoordinateUpdate = bodyDecoder(coordinateUpdate)

// The JSON shape of a coordinate, as clients know it.

import type { Json } from '../catalog/wire.js'
import type { CoordinateRecord } from '../state/coordinates.js'

export const coordinateJson = ({ node, segment, coordinate: { Vec, Error, Adjustment, Height } }: CoordinateRecord): Json =>
  ({ Node: node, Segment: segment, Coord: { Vec, Error, Adjustment, Height } })

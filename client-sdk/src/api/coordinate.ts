// Network coordinates: where nodes lie in the space of round-trip times (`/v1/coordinate/…`). Source: Dabek et al., "Vivaldi: A Decentralized Network Coordinate System", SIGCOMM 2004.

import { absentOn, emptyAt, json, list, nothing, record, shaped } from './decode.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { CallOptions, Filtered, ReadOptions } from './options.js'
import type { Transport } from './transport.js'

/** A point in the space; distances are seconds. */
export interface Coordinate {
  /** Eight dimensions. */
  readonly Vec: readonly number[]
  readonly Error: number
  readonly Adjustment: number
  readonly Height: number
}

export interface NodeCoordinate { readonly Node: string, readonly Segment: string, readonly Coord: Coordinate }
export interface DatacenterCoordinates { readonly Datacenter: string, readonly AreaID: string, readonly Coordinates: readonly NodeCoordinate[] }

const coordinates = list(record<NodeCoordinate>())

export const coordinateApi = (http: Transport) => ({
  /** Servers of each datacenter in the wide-area space. */
  datacenters: (options: CallOptions = {}): Promise<Answer<readonly DatacenterCoordinates[]>> =>
    http.call({ method: 'GET', path: '/v1/coordinate/datacenters', decode: json(list(shaped<DatacenterCoordinates>({ Coordinates: coordinates }))) }, options),
  nodes: (options: ReadOptions & Filtered & { readonly segment?: string } = {}): Promise<Answer<readonly NodeCoordinate[]>> =>
    http.call({ method: 'GET', path: '/v1/coordinate/nodes', query: { segment: options.segment }, decode: json(coordinates) }, options),
  /** Coordinates of one node, one for each segment; `undefined`: the node has none (yet). */
  node: (node: string, options: ReadOptions = {}): Promise<Answer<readonly NodeCoordinate[] | undefined>> =>
    http.call({ method: 'GET', path: path`/v1/coordinate/node/${node}`, accept: emptyAt(404), decode: absentOn(404, json(coordinates)) }, options),
  /** Stored in batches, so visible some seconds later. */
  update: (coordinate: { readonly Node: string, readonly Segment?: string, readonly Coord: Coordinate }, options: CallOptions = {}): Promise<Answer<void>> =>
    http.call({ method: 'PUT', path: '/v1/coordinate/update', body: coordinate, idempotent: true, decode: nothing }, options),
})

/**
 * Estimated round-trip time between two points, seconds: their Euclidean distance plus both heights (the way out of each access network), corrected by both adjustments
 * unless that makes it negative.
 */
export function distance (a: Coordinate, b: Coordinate): number {
  if (a.Vec.length !== b.Vec.length) throw new RangeError(`coordinates of ${a.Vec.length} and ${b.Vec.length} dimensions have no distance`)
  const raw = Math.hypot(...a.Vec.map((x, i) => x - b.Vec[i]!)) + a.Height + b.Height
  const adjusted = raw + a.Adjustment + b.Adjustment
  return adjusted > 0 ? adjusted : raw
}

// The table of network coordinates: where nodes are in the network, by node and segment. They die with their node, whose prefix their keys share. How far
// coordinates are apart is ../catalog/near.ts.

import { fold, partOf } from './keys.js'
import { topics } from './topic-names.js'
import type { Coordinate } from '../catalog/near.js'
import type { Row } from '../engine/engine.js'
import type { Table } from './state.js'

export interface CoordinateRecord {
  /** Node's name as the update wrote it. */
  readonly node: string
  /** '' for the one that everybody is in. */
  readonly segment: string
  readonly coordinate: Coordinate
}

export class Coordinates {
  readonly #byNode = new Map<string, Map<string, CoordinateRecord>>()

  /** Of every node, by node, then segment. */
  list (): CoordinateRecord[] {
    return [...this.#byNode].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([, of]) => bySegment(of))
  }

  /** Those of a node (any letter case), by segment. */
  of (node: string): CoordinateRecord[] { return bySegment(this.#byNode.get(fold(node)) ?? new Map()) }

  /**
   * The two coordinates by which two nodes compare: of a segment that one of them is in alone, else of the one that everybody is in. Either may be missing.
   */
  pair (a: string, b: string): readonly [Coordinate | undefined, Coordinate | undefined] {
    const ofA = this.#byNode.get(fold(a))
    const ofB = this.#byNode.get(fold(b))
    const segment = onlyKey(ofB) ?? onlyKey(ofA) ?? ''
    return [ofA?.get(segment)?.coordinate, ofB?.get(segment)?.coordinate]
  }

  /** The fold's side. */
  set (node: string, segment: string, record: CoordinateRecord | undefined): void {
    const of = this.#byNode.get(fold(node))
    if (record === undefined) {
      of?.delete(segment)
      if (of?.size === 0) this.#byNode.delete(fold(node))
    } else if (of === undefined) this.#byNode.set(fold(node), new Map([[segment, record]]))
    else of.set(segment, record)
  }
}

const bySegment = (of: ReadonlyMap<string, CoordinateRecord>): CoordinateRecord[] => [...of.values()].sort((a, b) => a.segment < b.segment ? -1 : 1)

const onlyKey = (map: ReadonlyMap<string, unknown> | undefined): string | undefined => map?.size === 1 ? [...map.keys()][0] : undefined

type Residue = Pick<CoordinateRecord, 'node' | 'segment'>
const residueOf = (row: Row): Residue => row.value as CoordinateRecord | undefined ?? (row.gone as { coordinate: Residue }).coordinate

export const coordinates: Table = {
  owns: key => partOf(key) === 'coordinate',
  fold (state, row) {
    const { node, segment } = residueOf(row)
    state.coordinates.set(node, segment, row.value as CoordinateRecord | undefined)
    return coordinates.topics(state, row)
  },
  topics: (_, row) => [topics.coordinates, topics.coordinate(residueOf(row).node)],
  residue (row) {
    const { node, segment } = residueOf(row)
    return { coordinate: { node, segment } }
  },
}

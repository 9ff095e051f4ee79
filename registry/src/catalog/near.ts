// How far nodes are from one another, and lists sorted by it. Arithmetic only: where coordinates are kept and whom `?near` names is for the readers.
// Source: Dabek, Cox, Kaashoek, Morris, "Vivaldi: A Decentralized Network Coordinate System", SIGCOMM 2004; the adjustment is that of
// Lee et al., "On Suitability of Euclidean Embedding for Host-Based Network Coordinate Systems", IEEE/ACM ToN 18(1), 2010.

/** Where a node is in the network, as clients send and get it. All lengths are in seconds of round-trip time. */
export interface Coordinate {
  /** Place in a Euclidean space; compatible clients use eight dimensions. */
  readonly Vec: readonly number[]
  /** How sure the node is of its place, 0 best. Not part of a distance. */
  readonly Error: number
  /** What measured round trips differed from the computed ones lately, on average; may be negative. */
  readonly Adjustment: number
  /** What the way from the node to the core of the network costs (its access link), counted for both ends. */
  readonly Height: number
}

/**
 * Estimated round-trip time in milliseconds: distance of the places + both heights + both adjustments, without the adjustments where they would bring
 * it to zero or below. Whole nanoseconds, so that what differs by rounding alone is equal. Infinity between coordinates that do not compare: of
 * different dimensions, or with a component that is no number.
 *
 * @example places 3 and 4 ms apart on two axes, heights 1 ms each, no adjustment: 7
 */
export function distanceMs (a: Coordinate, b: Coordinate): number {
  if (a.Vec.length !== b.Vec.length) return Infinity
  const raw = Math.sqrt(a.Vec.reduce((sum, at, axis) => sum + (at - b.Vec[axis]!) ** 2, 0)) + a.Height + b.Height
  const adjusted = raw + a.Adjustment + b.Adjustment
  const nanoseconds = Math.trunc((adjusted > 0 ? adjusted : raw) * 1e9)
  return Number.isNaN(nanoseconds) ? Infinity : nanoseconds / 1e6
}

/**
 * `list` from near to far. Equally far rows keep their order; rows that are infinitely far (no coordinate, or none that compares) come last. The node that
 * distances are measured from gets no special place: its distance to itself is twice its height, which another's may undercut (see {@link namedFirst}).
 */
export function sortByDistance<Row> (list: readonly Row[], distanceOf: (row: Row) => number): readonly Row[] {
  const measured = list.map(row => ({ row, distance: distanceOf(row) }))
  // No subtraction: two that are infinitely far would compare as NaN.
  measured.sort((a, b) => a.distance < b.distance ? -1 : a.distance > b.distance ? 1 : 0)
  return measured.map(({ row }) => row)
}

/** `list` with the first row of the node `name` (in any letter case) in front, by an exchange with what stood there. Prepared queries do so after the sort. */
export function namedFirst<Row> (list: readonly Row[], name: string, nodeOf: (row: Row) => string): readonly Row[] {
  const at = list.findIndex(row => nodeOf(row).toLowerCase() === name.toLowerCase())
  return at <= 0 ? list : list.with(at, list[0]!).with(0, list[at]!)
}

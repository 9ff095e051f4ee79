// The coordinate of who has measured nothing yet: the middle of the space, as unsure as one can be.

import type { Coordinate } from '../catalog/near.js'

/** Dimensions of the space that compatible clients use. */
export const DIMENSIONS = 8

export const ORIGIN: Coordinate = { Vec: Array.from({ length: DIMENSIONS }, () => 0), Error: 1.5, Adjustment: 0, Height: 1e-5 }

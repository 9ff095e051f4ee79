// Random by weight: the baseline of all choices, and the right one where nothing is known about load.

import { open } from '../choice.js'
import type { Choice } from '../choice.js'
import { aliasTable } from './alias-table.js'

/** @example of a(1) b(1) c(2), c is taken half of the time */
export const random: Choice = candidates => {
  const draw = candidates.length === 0 ? () => 0 : aliasTable(candidates.map(candidate => candidate.weight))
  return ({ random: coin, skip }) => skip === undefined ? candidates[draw(coin())] : random(open(candidates, skip))({ random: coin, load: () => 0 })
}

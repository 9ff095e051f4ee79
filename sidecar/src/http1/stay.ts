// Waits whose limit changes with every message: they stay in the list and move their `until`, instead of leaving and coming for each.

import type { Patience, Waiting } from '@roster/client/calls'

/** After `expired`: back into the list with the limit that it has now. */
export function stay (patience: Patience, waiting: Waiting, now: number): void {
  const { until } = waiting
  patience.add(waiting, Infinity, now)
  waiting.until = until
}

// Trouble that recommendations can be told to make, and what is to be expected of it.

import type { FaultList } from '../kit/faults.js'

export const faults: FaultList = {
  slow: 'The page waits for its budget of 80 ms and no longer, then shows the last shelf with its age.',
  fail: 'The page shows the last shelf with its age, or none; checkouts do not notice.',
  hang: 'As slow: the budget ends it.',
  block: 'The whole process stands still: its lease may lapse, then nobody calls it.',
}

// Trouble that notifications can be told to make, and what is to be expected of it.

import type { FaultList } from '../kit/faults.js'

export const faults: FaultList = {
  slow: 'Messages come later; nobody waits for them.',
  fail: 'The page shows no messages; everything else goes on.',
  hang: 'The page gives up on messages after its budget.',
}

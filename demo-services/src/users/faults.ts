// Trouble that users can be told to make, and what is to be expected of it.

import type { FaultList } from '../kit/faults.js'

export const faults: FaultList = {
  slow: 'Signing in takes longer; buying does not, since tokens are verified without asking.',
  fail: 'Nobody can sign in; who is signed in buys on.',
  hang: 'As fail, after a second.',
  block: 'The whole process stands still: its lease may lapse, then nobody calls it.',
}

// Trouble that orders can be told to make, and what is to be expected of it.

import type { FaultList } from '../kit/faults.js'

export const faults: FaultList = {
  slow: 'Passing its checks and slow: its share of the calls falls below a twentieth within seconds.',
  fail: 'Its calls are sent again elsewhere, and it is put aside; checkouts go on.',
  hang: 'Callers give up an attempt after a second and go elsewhere.',
  crash: 'An instance dies with an order half done: the same order, sent again, goes on where it stood.',
  queue: 'One desk that takes its time for each order: add instances and watch the waiting go away.',
  block: 'The whole process stands still: its lease may lapse, then nobody calls it.',
}

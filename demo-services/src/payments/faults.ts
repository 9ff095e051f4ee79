// Trouble that payments can be told to make, and what is to be expected of it.

import type { FaultList } from '../kit/faults.js'

export const faults: FaultList = {
  slow: 'Checkouts take longer; with a second instance the balancer leaves the slow one within seconds.',
  fail: 'Calls end with UNAVAILABLE and go to another instance; with one alone an order waits, and is finished when payments is well again.',
  hang: 'Orders give up an attempt after its budget and ask another instance, under the same order number.',
  crash: 'An instance dies after charging and before the answer: asked again, the ledger says that it was charged. Nobody pays twice.',
}

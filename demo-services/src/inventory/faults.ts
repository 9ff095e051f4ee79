// Trouble that inventory can be told to make, and what is to be expected of it.

import type { FaultList } from '../kit/faults.js'

export const faults: FaultList = {
  slow: 'Pages and checkouts take longer; another instance, if there is one, takes nearly all calls within seconds.',
  fail: 'Reservations are sent again to another instance; with one alone, checkouts fail and say so.',
  hang: 'Callers give up an attempt after a second and go elsewhere.',
  crash: 'An instance dies after the work and before the answer: the reservation is asked for again under its id, and is there.',
  block: 'The whole process stands still: its lease may lapse, then nobody calls it.',
}

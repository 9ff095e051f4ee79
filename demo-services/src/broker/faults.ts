// The broker can be killed, which is enough: events wait in the outbox of orders, and readers catch up.

import type { FaultList } from '../kit/faults.js'

export const faults: FaultList = {}

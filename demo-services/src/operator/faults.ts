// Who makes the trouble makes none of its own.

import type { FaultList } from '../kit/faults.js'

export const faults: FaultList = {}

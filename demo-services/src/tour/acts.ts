// The tour, in order. A new act is a file and a line here.

import type { Act } from './act.js'
import { crash } from './acts/crash.js'
import { dataIsPrivate } from './acts/data-is-private.js'
import { deploy } from './acts/deploy.js'
import { discovery } from './acts/discovery.js'
import { greyFailure } from './acts/grey-failure.js'
import { noDoubleCharge } from './acts/no-double-charge.js'
import { nothingWrittenDown } from './acts/nothing-written-down.js'
import { oneTrace } from './acts/one-trace.js'
import { partition } from './acts/partition.js'
import { recommendationsDie } from './acts/recommendations-die.js'
import { registryOutage } from './acts/registry-outage.js'
import { scale } from './acts/scale.js'
import { threeWays } from './acts/three-ways.js'
import { together } from './acts/together.js'

export const acts: readonly Act[] = [
  nothingWrittenDown,
  discovery,
  scale,
  crash,
  greyFailure,
  recommendationsDie,
  deploy,
  registryOutage,
  partition,
  noDoubleCharge,
  oneTrace,
  dataIsPrivate,
  threeWays,
  together,
]

// The balancing policies by name: each is a choice and a measure of load. A new one is a file in choices/ or load/ and a line here.

import type { Choice } from './choice.js'
import { p2c } from './choices/p2c.js'
import { random } from './choices/random.js'
import { ringHash } from './choices/ring-hash.js'
import { roundRobin } from './choices/round-robin.js'
import type { Metric } from './load/metric.js'
import { outstanding } from './load/outstanding.js'
import { peakEwma } from './load/peak-ewma.js'

export interface Policy {
  /** Made anew for each balancer, since a choice may keep a turn. */
  readonly choice: (coin: () => number) => Choice
  readonly metric: Metric
}

/** Names are those of a service-resolver's load balancer where it has one; `maglev` asks for what `ring_hash` gives. */
export const policies = {
  p2c: { choice: () => p2c, metric: peakEwma },
  least_request: { choice: () => p2c, metric: outstanding },
  round_robin: { choice: coin => roundRobin(coin), metric: outstanding },
  ring_hash: { choice: () => ringHash, metric: outstanding },
  maglev: { choice: () => ringHash, metric: outstanding },
  random: { choice: () => random, metric: outstanding },
} as const satisfies Record<string, Policy>

export type PolicyName = keyof typeof policies

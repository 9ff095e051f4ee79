// Load as calls in progress: the honest measure where answers take very different times, blind to how fast an instance is. Sibling: peak-ewma.ts.
// Source: Envoy's least request (weight over outstanding calls).

import type { Metric } from './metric.js'

/** Every call in progress counts, long ones too. */
export const outstanding: Metric = (statistics, relativeWeight) => (statistics.pending + statistics.long) / relativeWeight + 1

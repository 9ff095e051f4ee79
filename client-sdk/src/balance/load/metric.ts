// How loaded an instance is: one number out of its statistics. Choices compare these numbers and do not ask what they mean.

import type { InstanceStatistics } from '../statistics.js'

/**
 * @param relativeWeight of the instance to the mean of the list. Calls in progress weigh less on an instance that is meant to have more of them
 * @param now monotonic, ms
 */
export type Metric = (statistics: InstanceStatistics, relativeWeight: number, now: number) => number

// What names the cluster itself: an id that is made with its first start and stays, whatever moves.

import { keys } from './keys.js'
import type { Table } from './state.js'

export interface ClusterRecord {
  /** UUID; `<id>.consul` is the domain of the cluster's certificates. */
  readonly id: string
  /** Of the wall clock, ms. */
  readonly createdAt: number
}

export const cluster: Table = {
  owns: key => key === keys.clusterId,
  fold (state, row) {
    if (row.value !== undefined) state.cluster = state.entry<ClusterRecord>(row)
    return []
  },
  topics: () => [],
}

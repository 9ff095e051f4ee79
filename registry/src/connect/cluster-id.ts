// The cluster's name for itself: made with the first start, or given by the settings then, and kept for good, as it stands in every server name.

import { command } from '../catalog/rows.js'
import { keys } from '../state/keys.js'
import type { RuntimeConfig } from '../config/runtime-config.js'
import type { Command } from '../engine/engine.js'
import type { ClusterRecord } from '../state/cluster.js'
import type { State } from '../state/state.js'

/**
 * Idempotent.
 * @param id UUID for a cluster that has none and is given none
 * @param now ms of the wall clock
 */
export const nameCluster = ({ connect }: RuntimeConfig, id: string, now: number): Command<void> => command(draft => {
  if (draft.get(keys.clusterId) !== undefined) return
  const given = connect.caConfig['cluster_id']
  draft.put(keys.clusterId, { id: typeof given === 'string' ? given : id, createdAt: now } satisfies ClusterRecord)
})

/** Domain of the cluster's certificates and server names. */
export const trustDomain = (state: State): string => `${state.cluster?.value.id ?? ''}.consul`

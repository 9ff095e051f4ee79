// What can be followed at the registry: how it is asked for on the watch stream and by blocking queries, and how what comes is understood. A new one is a function here.

import type { DiscoveryChain } from '../api/discovery-chain.js'
import type { HealthEntry } from '../api/health.js'
import type { RosterApi } from '../api/index.js'
import type { Answer } from '../api/meta.js'
import type { ReadOptions } from '../api/options.js'
import type { RowsFrame, WatchKind, WatchKinds } from '../api/watch-protocol.js'
import { instanceOf } from '../balance/instance.js'
import type { Instance } from '../balance/instance.js'
import type { InstanceQuestion } from './feed.js'
import { RowList } from './row-list.js'

/** Frames of one subscription, in order, to what is known after each. */
export type FrameReader<V> = (frame: RowsFrame<unknown>) => V

export interface Subject<V> {
  /** `undefined`: the stream has no such question, so it is asked by blocking queries. @param reader a new one for each new beginning */
  readonly watch: { readonly kind: WatchKind, readonly params: WatchKinds[WatchKind]['params'], readonly reader: () => FrameReader<V> } | undefined
  readonly ask: (api: Pick<RosterApi, 'health' | 'discoveryChain'>, options: ReadOptions) => Promise<Answer<V>>
}

export function instancesSubject ({ service, filter, onlyPassing, datacenter, peer }: InstanceQuestion): Subject<readonly Instance[]> {
  const part = { ...filter && { filter }, ...onlyPassing === true && { passing: true } }
  return {
    watch: datacenter || peer
      ? undefined
      : {
          kind: 'health',
          params: { service, ...part },
          reader: () => {
            const list = new RowList()
            return frame => list.apply(frame as RowsFrame<HealthEntry>)
          },
        },
    ask: async ({ health }, options) => {
      const { value, meta } = await health.service(service, { ...options, ...part, ...datacenter && { datacenter }, ...peer && { peer } })
      return { value: value.map(instanceOf), meta }
    },
  }
}

export const chainSubject = (service: string): Subject<DiscoveryChain | undefined> => ({
  watch: {
    kind: 'chain',
    params: { service },
    reader: () => {
      let chain: DiscoveryChain | undefined
      return frame => {
        const { type, upserts, removes } = frame as RowsFrame<WatchKinds['chain']['row']>
        if (type !== 'change' || removes.length > 0) chain = undefined
        for (const row of upserts) chain = row.Chain
        return chain
      }
    },
  },
  ask: ({ discoveryChain }, options) => discoveryChain.get(service, options),
})

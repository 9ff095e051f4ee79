// A service's chain out of the state, with what a reader of it has to wait for.

import { errors } from '../errors.js'
import { stateEntries } from '../config-entries/entry-source.js'
import { trustDomain } from '../connect/cluster-id.js'
import { topics } from '../state/topic-names.js'
import { chainEntries } from './chain-entries.js'
import { ChainError } from './chain.js'
import { compileChain } from './compile.js'
import { chainJson } from './wire.js'
import type { Json } from '../catalog/wire.js'
import type { State } from '../state/state.js'
import type { Chain } from './chain.js'
import type { ChainOverrides } from './compile.js'

export interface ChainReading {
  /** Entries that it is made of, and those that would change it if they came. */
  readonly topics: readonly string[]
  /** @throws RosterError `CHAIN_BROKEN` when the entries do not fit together, which writes do not let come true */
  readonly chain: () => Chain
  readonly json: () => Json
}

/** @param datacenter where the chain is seen from */
export function readChain (state: State, service: string, datacenter: string, overrides?: ChainOverrides): ChainReading {
  const entries = chainEntries(stateEntries(state), service)
  const chain = (): Chain => {
    try {
      return compileChain(entries, { service, datacenter, trustDomain: trustDomain(state), ...(overrides === undefined ? {} : { overrides }) })
    } catch (error) {
      if (error instanceof ChainError) throw errors.CHAIN_BROKEN(error.message)
      throw error
    }
  }
  return {
    topics: [topics.virtualIp(service), ...entries.looked.map(([kind, name]) => topics.configEntry(kind, name))],
    chain,
    json: () => {
      const address = state.virtualIps.record(service)
      return chainJson(chain(), address === undefined ? { automatic: null, manual: null } : { automatic: [address.address], manual: address.manual ?? [] })
    },
  }
}

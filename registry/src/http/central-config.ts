// `?merge-central-config`: instances of proxies and gateways with what config entries say laid under their settings.

import { centralEntries, hasCentralConfig, mergedProxy } from '../config-entries/central.js'
import { stateEntries } from '../config-entries/entry-source.js'
import { topics } from '../state/topic-names.js'
import type { Request } from './route.js'
import type { ServiceEntry } from '../state/services.js'
import type { State } from '../state/state.js'

export interface CentralConfig {
  /** The instance as it is shown. */
  readonly merge: (service: ServiceEntry) => ServiceEntry
  /** What the answer depends on besides. */
  readonly topics: (services: () => Iterable<ServiceEntry>) => readonly string[]
}

const AS_IT_IS: CentralConfig = { merge: service => service, topics: () => [] }

export function centralConfig (request: Request, state: State): CentralConfig {
  if (!request.query.has('merge-central-config')) return AS_IT_IS
  const source = stateEntries(state)
  return {
    merge: service => hasCentralConfig(service.value) ? { ...service, value: { ...service.value, proxy: mergedProxy(source, service.value) } } : service,
    topics: services => {
      const found = new Set<string>()
      for (const { value } of services()) if (hasCentralConfig(value)) for (const [kind, name] of centralEntries(value)) found.add(topics.configEntry(kind, name))
      return [...found]
    },
  }
}

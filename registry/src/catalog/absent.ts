// What the index of an answer about a service follows while there is no such service: the end of any service, or the catalog as a whole while none has
// ended. Such changes wake nobody who waits for the service to come.

import { topics } from '../state/topic-names.js'
import type { State } from '../state/state.js'

/** @param withChecks the answer shows checks too; none when the service is there */
export function topicsOfAbsent (state: State, service: string, withChecks: boolean): readonly string[] {
  if (state.services.count(service) > 0) return []
  if (state.topics.revision(topics.servicesGone) > 0) return [topics.servicesGone]
  return withChecks ? [topics.nodes, topics.services, topics.checks] : [topics.nodes, topics.services]
}

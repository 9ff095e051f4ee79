// What a session depends on: the checks whose failure ends it.

import type { SessionRecord } from '../state/sessions.js'

/** All the ids, in the order in which they are looked at; those of nodes and of services are not told apart. */
export const checkIds = ({ checks, nodeChecks, serviceChecks }: Pick<SessionRecord, 'checks' | 'nodeChecks' | 'serviceChecks'>): string[] =>
  [...checks ?? [], ...nodeChecks ?? [], ...(serviceChecks ?? []).map(({ id }) => id)]

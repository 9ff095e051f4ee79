// Queries that are bound to a session go with it, in the same revision. Importing this puts it in force.

import { keys } from '../state/keys.js'
import { sessionEnds } from '../sessions/end.js'
import type { QueryRecord } from '../state/queries.js'

sessionEnds.push((draft, session) => {
  for (const [pointer, { query: id }] of draft.range<{ query: string }>(keys.queriesOf(session.id))) {
    const query = draft.get<QueryRecord>(keys.query(id))
    draft.delete(pointer)
    draft.delete(keys.query(id))
    if (query !== undefined) draft.delete(keys.queryName(query.name))
  }
})

// The writes of prepared queries: what is unique among them, and the session that a query ends with.

import { command } from '../catalog/rows.js'
import { errors } from '../errors.js'
import { goQuote } from '../http/decode/go-text.js'
import { keys } from '../state/keys.js'
import { compileTemplate } from './query-template.js'
import { TemplateError } from './template/template.js'
import { isUuid } from './uuid.js'
import './session-ends.js'
import { isTemplate } from '../state/queries.js'
import type { Command } from '../engine/engine.js'
import type { Draft } from '../engine/draft.js'
import type { QueryRecord } from '../state/queries.js'

/**
 * Writes a new query, or one in the place of what is there under its id.
 * @throws RosterError 500 of what another query has, of an unknown session, of a template that is none
 */
export const putQuery = (query: QueryRecord, expected: 'new' | 'there'): Command<void> => command(draft => {
  const before = draft.get<QueryRecord>(keys.query(query.id))
  if (before === undefined && expected === 'there') throw errors.QUERY_ABSENT(query.id)
  refuseTaken(draft, query)
  if (query.session !== '' && draft.get(keys.session(query.session)) === undefined) throw errors.QUERY_REFUSED(`invalid session ${goQuote(query.session)}`)
  if (isTemplate(query)) judgeTemplate(query)
  if (before !== undefined) forgetPointers(draft, before)
  draft.put(keys.query(query.id), query)
  if (hasName(query)) draft.put(keys.queryName(query.name), { query: query.id })
  if (query.session !== '') draft.put(keys.queryOf(query.session, query.id), { query: query.id })
})

/** A name, or the right to catch every name, is of one query alone. */
const hasName = (query: QueryRecord): boolean => query.name !== '' || isTemplate(query)

function refuseTaken (draft: Draft, query: QueryRecord): void {
  if (!hasName(query)) return
  const holder = draft.get<{ query: string }>(keys.queryName(query.name))?.query
  if (holder !== undefined && holder !== query.id) {
    throw errors.QUERY_REFUSED(query.name === '' ? 'a query template with an empty name already exists' : `name '${query.name}' aliases an existing query name`)
  }
  // Queries are found by id first: one that is named like another's id could never be.
  if (isUuid(query.name) && draft.get(keys.query(query.name)) !== undefined) throw errors.QUERY_REFUSED(`name '${query.name}' aliases an existing query ID`)
}

function judgeTemplate (query: QueryRecord): void {
  try {
    compileTemplate(query)
  } catch (error) {
    if (error instanceof TemplateError) throw errors.QUERY_REFUSED(`failed compiling template: ${error.message}`)
    throw error
  }
}

function forgetPointers (draft: Draft, query: QueryRecord): void {
  if (hasName(query)) draft.delete(keys.queryName(query.name))
  if (query.session !== '') draft.delete(keys.queryOf(query.session, query.id))
}

/** What is not there is no error. */
export function deleteQuery (draft: Draft, id: string): void {
  const query = draft.get<QueryRecord>(keys.query(id))
  if (query === undefined) return
  forgetPointers(draft, query)
  draft.delete(keys.query(id))
}

// Prepared queries of another registry: what is written here for each, and what of them stays behind. Pure.

import { sameContent } from './same-content.js'
import type { PreparedQuery, QueryBody } from '@roster/client/api'

export type QueryStep =
  | { readonly do: 'create', readonly query: PreparedQuery, readonly body: QueryBody }
  | { readonly do: 'update', readonly query: PreparedQuery, readonly id: string, readonly body: QueryBody }
  | { readonly do: 'nothing', readonly query: PreparedQuery, /** Of the one that is here already. */ readonly id: string }
  | { readonly do: 'leave', readonly query: PreparedQuery, readonly why: string }

/**
 * A query is known again by its name; one without a name by all that it says, since ids are given by the registry that keeps it.
 *
 * @param theirs queries of the registry that is copied from
 * @param ours queries that are here
 */
export function planQueries (theirs: readonly PreparedQuery[], ours: readonly PreparedQuery[]): readonly QueryStep[] {
  const byName = new Map(ours.filter(query => query.Name !== undefined && query.Name !== '').map(query => [query.Name, query]))
  const nameless = ours.filter(query => query.Name === undefined || query.Name === '')
  return theirs.map((query): QueryStep => {
    if (query.Session !== undefined && query.Session !== '') return { do: 'leave', query, why: 'it goes with a session, and sessions stay with the processes that made them' }
    const body = queryBody(query)
    const known = query.Name !== undefined && query.Name !== '' ? byName.get(query.Name) : nameless.find(other => sameContent(queryBody(other), body))
    if (known === undefined) return { do: 'create', query, body }
    return sameContent(queryBody(known), body) ? { do: 'nothing', query, id: known.ID } : { do: 'update', query, id: known.ID, body }
  })
}

/** What a registry takes: without id, indexes, session and token, and without a template that is none. */
export function queryBody (query: PreparedQuery): QueryBody {
  const { ID: _id, CreateIndex: _created, ModifyIndex: _modified, Session: _session, Token: _token, Template, ...rest } = query
  return Template === undefined || (Template.Type as string) === '' ? rest : { ...rest, Template }
}

/** How people call it. */
export const queryTitle = (query: PreparedQuery): string => `query ${query.Name === undefined || query.Name === '' ? query.ID : JSON.stringify(query.Name)}`

// /v1/watchers: who watches over streams, and waiting until they have seen a revision. Roster's own, beside the compatible API.

import { errors } from '../errors.js'
import { json } from './reply.js'
import { readOptions } from './read.js'
import type { Handler, Route } from './route.js'

const list: Handler = (request, roster) =>
  json(roster.watchers().list(request.query.get('kind'), request.query.get('name')).map(w => ({ Client: w.client, Kind: w.kind, Name: w.name, Since: new Date(w.since).toISOString(), Acked: Math.max(w.acked, 0) })), request, roster)

/** Answers when everyone who watches `name` has acknowledged `index`, or when the wait is over. */
const acked: Handler = async (request, roster) => {
  const name = request.query.get('name')
  if (name === '') throw errors.MISSING_WATCHED_NAME()
  const { waitMs, minIndex } = readOptions(request, roster)
  const index = Number(minIndex)
  const seen = await roster.watchers().seen(name, index, waitMs, request.signal)
  return json({ Acked: seen, Behind: roster.watchers().behind(name, index).map(w => w.client) }, request, roster)
}

export const watcherRoutes: readonly Route[] = [
  { path: '/v1/watchers', methods: { GET: list } },
  { path: '/v1/watchers/acked', methods: { GET: acked } },
]

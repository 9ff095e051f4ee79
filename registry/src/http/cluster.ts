// /v1/cluster: servers over one store among themselves, and who they are. Roster's own, beside the compatible API.

import { errors } from '../errors.js'
import { SECRET_HEADER } from '../cluster/cluster.js'
import { empty, json } from './reply.js'
import type { Handler, Route } from './route.js'
import type { Sign } from '../cluster/cluster.js'

/** Bytes of signs in one request: what a flush sends at most. */
const MAX_SIGNS_BYTES = 8 * 1024 * 1024

/** From another server, which shows that it knows the secret. */
const signs: Handler = async (request, roster) => {
  const secret = request.headers[SECRET_HEADER]
  if (roster.cluster === undefined || !roster.cluster.isPeer(typeof secret === 'string' ? secret : undefined)) throw errors.PERMISSION_DENIED()
  roster.cluster.heard(signsOf((await request.body(MAX_SIGNS_BYTES)).toString()))
  return empty()
}

/** @throws RosterError 400 */
function signsOf (text: string): readonly Sign[] {
  try {
    const { signs } = JSON.parse(text) as { readonly signs?: unknown }
    if (Array.isArray(signs) && signs.every(sign => Array.isArray(sign) && sign.length === 2 && sign.every(part => typeof part === 'string'))) return signs as Sign[]
  } catch { /* said below */ }
  throw errors.CLUSTER_SIGNS()
}

const servers: Handler = (request, roster) => json((roster.cluster?.servers ?? []).map(({ id, version, http, startedAt, readOnly }) => ({ ID: id, Version: version, HTTP: http, StartedAt: new Date(startedAt).toISOString(), ReadOnly: readOnly, Self: id === roster.cluster!.self })), request, roster)

export const clusterRoutes: readonly Route[] = [
  { path: '/v1/cluster/signs', methods: { PUT: signs } },
  { path: '/v1/cluster/servers', methods: { GET: servers } },
]

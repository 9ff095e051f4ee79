// /v1/status: who leads. One server leads itself.

import { json } from './reply.js'
import { checkDatacenter } from './params.js'
import { readOptions } from './read.js'
import { leaderAddress, serverAddresses } from '../operator/servers.js'
import type { Handler, Route } from './route.js'

const leader: Handler = (request, roster) => {
  readOptions(request, roster)
  checkDatacenter(request, roster)
  return json(leaderAddress(roster), request, roster)
}

const peers: Handler = (request, roster) => {
  readOptions(request, roster)
  checkDatacenter(request, roster)
  return json(serverAddresses(roster), request, roster)
}

export const statusRoutes: readonly Route[] = [
  { path: '/v1/status/leader', methods: { GET: leader } },
  { path: '/v1/status/peers', methods: { GET: peers } },
]

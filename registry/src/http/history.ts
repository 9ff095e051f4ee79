// /v1/history/:service: the last changes of each instance's health. Roster's own, beside the compatible API.

import { errors } from '../errors.js'
import { checkDatacenter, checkEnterprise } from './params.js'
import { json } from './reply.js'
import type { Handler, Route } from './route.js'

const history: Handler = (request, roster) => {
  checkEnterprise(request)
  if (request.rest === '') throw errors.MISSING_SERVICE_NAME()
  checkDatacenter(request, roster)
  return json(roster.history.of(request.rest), request, roster)
}

export const historyRoutes: readonly Route[] = [
  { path: '/v1/history/', methods: { GET: history } },
]

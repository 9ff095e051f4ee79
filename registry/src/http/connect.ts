// /v1/connect/ca: the certificate authority of the mesh. This version has none: what is asked is judged, then said so.

import { errors } from '../errors.js'
import { decodeBody } from './decode/body.js'
import { caConfiguration } from './decode/bodies/connect.js'
import { optional } from './decode/collection-kinds.js'
import { parseBool } from './decode/query.js'
import { checkDatacenter } from './params.js'
import { answerRead, readOptions } from './read.js'
import type { Handler, Route } from './route.js'
import type { Roster } from '../roster.js'

const absent = ({ config }: Roster): Error => config.connect.enabled ? errors.NO_CERTIFICATE_AUTHORITY() : errors.CONNECT_DISABLED()

const roots: Handler = (request, roster) => {
  const pem = request.query.get('pem')
  return answerRead(request, roster, {}, () => {
    if (pem !== '' && parseBool(pem) === undefined) throw errors.PEM_PARAMETER()
    checkDatacenter(request, roster)
    throw absent(roster)
  })
}

const configuration: Handler = (request, roster) => {
  readOptions(request, roster)
  checkDatacenter(request, roster)
  throw absent(roster)
}

const configure: Handler = async (request, roster) => {
  decodeBody(optional(caConfiguration), await request.body())
  checkDatacenter(request, roster)
  throw absent(roster)
}

export const connectRoutes: readonly Route[] = [
  { path: '/v1/connect/ca/roots', methods: { GET: roots } },
  { path: '/v1/connect/ca/configuration', methods: { GET: configuration, PUT: configure } },
]

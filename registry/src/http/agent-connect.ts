// /v1/agent/connect: what proxies and native services ask their agent: certificates, which there are none without an authority, and whether to let a caller in.

import { errors } from '../errors.js'
import { decodeBody } from './decode/body.js'
import { connectAuthorize } from './decode/bodies/connect.js'
import { checkEnterprise } from './params.js'
import { readOptions } from './read.js'
import { json } from './reply.js'
import { parseCertUri } from '../connect/cert-uri.js'
import { byDefault, decide, ofCaller } from '../intentions/decide.js'
import type { Handler, Route } from './route.js'

const certificates: Handler = (request, roster) => {
  readOptions(request, roster)
  throw roster.config.connect.enabled ? errors.NO_CERTIFICATE_AUTHORITY() : errors.CONNECT_DISABLED()
}

const authorize: Handler = async (request, roster) => {
  checkEnterprise(request)
  const { Target, ClientCertURI } = decodeBody(connectAuthorize, await request.body())
  if (Target === '') throw errors.AUTHORIZE_TARGET()
  const caller = parseCertUri(ClientCertURI)
  if (caller === undefined) throw errors.AUTHORIZE_URI('Connect')
  if (caller.kind !== 'service') throw errors.AUTHORIZE_URI('Service')
  if (!roster.config.connect.enabled) throw errors.AUTHORIZE_DISABLED(errors.CONNECT_DISABLED().message)
  const { allowed, reason } = decide(ofCaller(roster.state, Target, { namespace: caller.namespace, name: caller.service, peer: '' }), byDefault(roster.config))
  return json({ Authorized: allowed, Reason: reason }, request, roster)
}

export const agentConnectRoutes: readonly Route[] = [
  { path: '/v1/agent/connect/ca/roots', methods: { GET: certificates } },
  { path: '/v1/agent/connect/ca/leaf/', methods: { GET: certificates } },
  { path: '/v1/agent/connect/authorize', methods: { POST: authorize } },
]

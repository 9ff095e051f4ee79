// /v1/peering: other clusters whose services may be called. They would speak gRPC over TLS, which this server does not: there are none, and none can be made.

import { errors } from '../errors.js'
import { decodeBody } from './decode/body.js'
import { Base64Error, parseBase64 } from './decode/base64.js'
import { peeringEstablish, peeringToken } from './decode/bodies/peering.js'
import { goQuote } from './decode/go-text.js'
import { checkEnterprise } from './params.js'
import { indexHeaders, readOptions } from './read.js'
import { empty, json } from './reply.js'
import type { Handler, Route } from './route.js'
import type { Roster } from '../roster.js'

function checkPeering ({ config }: Roster): void {
  if (!config.peeringEnabled) throw errors.PEERING_DISABLED()
}

const list: Handler = (request, roster) => {
  checkEnterprise(request, 'partition')
  const options = readOptions(request, roster)
  checkPeering(roster)
  return json([], request, roster, indexHeaders(1, options, {}, roster))
}

const nameOf = (rest: string): string => {
  if (rest === '') throw errors.PEERING_NAME()
  return rest
}

const read: Handler = (request, roster) => {
  const name = nameOf(request.rest)
  checkEnterprise(request, 'partition')
  readOptions(request, roster)
  checkPeering(roster)
  throw errors.PEERING_ABSENT(goQuote(name))
}

const remove: Handler = (request, roster) => {
  nameOf(request.rest)
  checkEnterprise(request, 'partition')
  checkPeering(roster)
  return empty()
}

const token: Handler = async (request, roster) => {
  const { PeerName } = decodeBody(peeringToken, await request.body(), { prefix: 'Body decoding failed: ' })
  if (PeerName === '') throw errors.PEERING_BODY('PeerName is required in the payload when generating a new peering token.')
  checkEnterprise(request, 'partition')
  checkPeering(roster)
  throw errors.PEERING_TOKEN('TLS for gRPC must be enabled when generating peering tokens')
}

const establish: Handler = async (request, roster) => {
  const { PeerName, PeeringToken } = decodeBody(peeringEstablish, await request.body(), { prefix: 'Body decoding failed: ' })
  if (PeerName === '') throw errors.PEERING_BODY('PeerName is required in the payload when establishing a peering.')
  if (PeeringToken === '') throw errors.PEERING_BODY('PeeringToken is required in the payload when establishing a peering.')
  checkEnterprise(request, 'partition')
  checkPeering(roster)
  if (addressesOf(PeeringToken).length === 0) throw errors.PEERING_TOKEN('peering token server addresses value is empty')
  throw errors.PEERING_UNSUPPORTED()
}

/** Servers that a token names. @throws RosterError 500 when it is none */
function addressesOf (token: string): readonly unknown[] {
  try {
    const content: unknown = JSON.parse(parseBase64(token).toString('utf8'))
    const addresses = typeof content === 'object' && content !== null ? (content as Readonly<Record<string, unknown>>)['ServerAddresses'] : undefined
    return Array.isArray(addresses) ? addresses : []
  } catch (error) {
    if (error instanceof Base64Error || error instanceof SyntaxError) throw errors.PEERING_TOKEN(`failed to decode token: ${error.message}`)
    throw error
  }
}

export const peeringRoutes: readonly Route[] = [
  { path: '/v1/peering/token', methods: { POST: token } },
  { path: '/v1/peering/establish', methods: { POST: establish } },
  { path: '/v1/peering/', methods: { GET: read, DELETE: remove } },
  { path: '/v1/peerings', methods: { GET: list } },
]

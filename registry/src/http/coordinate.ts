// /v1/coordinate: where nodes are in the network.

import { DIMENSIONS, ORIGIN } from '../coordinates/origin.js'
import { coordinateJson } from '../coordinates/wire.js'
import { errors } from '../errors.js'
import { topics } from '../state/topic-names.js'
import { decodeCoordinateUpdate } from './decode/bodies/coordinate.js'
import { checkDatacenter, checkEnterprise } from './params.js'
import { answerRead, readOptions } from './read.js'
import { empty, json } from './reply.js'
import type { Handler, Request, Route } from './route.js'
import type { CoordinateRecord } from '../state/coordinates.js'

/** Every endpoint of the family says so when there are none. */
const ifEnabled = (handler: Handler): Handler => (request, roster) => {
  if (roster.config.disableCoordinates) throw errors.COORDINATES_DISABLED()
  return handler(request, roster)
}

/** Datacenters have a space of their own; this is its only one. */
const datacenters: Handler = (request, roster) => {
  const { datacenter, node } = roster.config
  return json([{ Datacenter: datacenter, AreaID: 'wan', Coordinates: [coordinateJson({ node: node.name, segment: '', coordinate: ORIGIN })] }], request, roster)
}

const inSegment = (request: Request, records: readonly CoordinateRecord[]): readonly CoordinateRecord[] =>
  request.query.has('segment') ? records.filter(record => record.segment === request.query.get('segment')) : records

const nodes: Handler = (request, roster) => {
  checkEnterprise(request, 'partition')
  return answerRead(request, roster, {}, () => {
    checkDatacenter(request, roster)
    return { topics: [topics.coordinates], value: () => inSegment(request, roster.state.coordinates.list()).map(coordinateJson) }
  })
}

const node: Handler = async (request, roster) => {
  checkEnterprise(request, 'partition')
  readOptions(request, roster)
  const name = request.rest
  const of = (): readonly CoordinateRecord[] => inSegment(request, roster.state.coordinates.of(name))
  const reply = await answerRead(request, roster, {}, () => {
    checkDatacenter(request, roster)
    // The name as it was asked for, in whatever letter case.
    return { topics: [topics.coordinate(name)], widerTopics: [topics.coordinates], value: () => of().map(record => coordinateJson({ ...record, node: name })) }
  })
  return reply.status === 200 && of().length === 0 ? { status: 404, headers: [], body: '' } : reply
}

const update: Handler = async (request, roster) => {
  checkEnterprise(request, 'partition')
  const { datacenter, node: name, segment, coord } = decodeCoordinateUpdate(await request.body())
  checkDatacenter(request, roster)
  if (datacenter !== '' && datacenter !== roster.config.datacenter) throw errors.NO_PATH_TO_DATACENTER()
  if (coord === null) throw errors.COORDINATE_MISSING()
  if (coord.vec?.length !== DIMENSIONS) throw errors.COORDINATE_INCOMPATIBLE()
  const { vec: Vec, error: Error, adjustment: Adjustment, height: Height } = coord
  roster.coordinates.offer({ node: name, segment, coordinate: { Vec, Error, Adjustment, Height } })
  return empty()
}

export const coordinateRoutes: readonly Route[] = [
  { path: '/v1/coordinate/datacenters', methods: { GET: ifEnabled(datacenters) } },
  { path: '/v1/coordinate/nodes', methods: { GET: ifEnabled(nodes) } },
  { path: '/v1/coordinate/node/', methods: { GET: ifEnabled(node) } },
  { path: '/v1/coordinate/update', methods: { PUT: ifEnabled(update) } },
]

// /v1/event: short messages to all agents, and what was heard of late.

import { randomUUID } from 'node:crypto'
import { RosterError, errors } from '../errors.js'
import { eventIndex } from '../events/keeper.js'
import { fireEvent, judgeFilters, MAX_PAYLOAD_BYTES } from '../events/fire.js'
import { eventJson } from '../events/wire.js'
import { topics } from '../state/topic-names.js'
import { checkDatacenter } from './params.js'
import { held, JITTER, waitOptions } from './read.js'
import { json } from './reply.js'
import type { Handler, Request, Route } from './route.js'

async function payloadOf (request: Request): Promise<Buffer> {
  if (request.headers['content-length'] === undefined) throw errors.EVENT_WITHOUT_SIZE()
  try {
    return await request.body(MAX_PAYLOAD_BYTES)
  } catch (error) {
    if (error instanceof RosterError && error.code === 'BODY_TOO_LARGE') throw errors.EVENT_TOO_LARGE(request.headers['content-length'], MAX_PAYLOAD_BYTES)
    throw error
  }
}

const fire: Handler = async (request, roster) => {
  const { query, rest: name } = request
  if (name === '') throw errors.EVENT_WITHOUT_NAME()
  const payload = await payloadOf(request)
  const filters = { nodeFilter: query.get('node'), serviceFilter: query.get('service'), tagFilter: query.get('tag') }
  judgeFilters(filters)
  checkDatacenter(request, roster)
  const event = { id: randomUUID(), name, payload: payload.toString('base64'), ...filters }
  await roster.commit(fireEvent(event))
  // Its place among the others is told by the list only.
  return json(eventJson({ ...event, lamportTime: 0 }), request, roster)
}

/** Its index is no counter, so a reader waits for as long as it stays the same. */
const list: Handler = async (request, roster) => {
  const { minIndex, waitMs } = waitOptions(request, roster)
  const name = request.query.get('name')
  const { clock, random, events } = roster
  const end = clock.monotonic() + waitMs * (1 + random() * JITTER)
  for (;;) {
    const found = events.list(name)
    const index = eventIndex(found)
    const left = end - clock.monotonic()
    if (minIndex === 0n || index !== minIndex || left <= 0 || await held(request, roster, [topics.events], left) !== 'changed') {
      return json(found.map(eventJson), request, roster, ['X-Consul-Index', String(index)])
    }
  }
}

export const eventRoutes: readonly Route[] = [
  { path: '/v1/event/fire/', methods: { PUT: fire } },
  { path: '/v1/event/list', methods: { GET: list } },
]

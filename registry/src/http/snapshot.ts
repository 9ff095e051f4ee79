// /v1/snapshot: the whole state, out and in, as a stream: never more than a piece of it is held for the wire.

import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { RosterError, errors } from '../errors.js'
import { commonHeaders } from './outgoing.js'
import { checkDatacenter } from './params.js'
import { indexHeaders } from './read.js'
import { text } from './reply.js'
import { taken } from './route.js'
import type { Handler, Route } from './route.js'

/** Little gain and twice the time beyond it. */
const GZIP_LEVEL = 4
/** ms that either side may leave the connection untouched before it is given up: a reader holds on to the rows as they were when it began. */
const IDLE_MS = 60_000
/** ms that an upload may take in all, however busy it is: only one is read at a time. */
const MAX_UPLOAD_MS = 3_600_000

const save: Handler = async (request, roster): Promise<typeof taken> => {
  checkDatacenter(request, roster)
  const { index, pieces, release } = await roster.snapshots.save(roster)
  const { response } = request.raw
  try {
    const headers = indexHeaders(index, { consistency: 'leader', cached: false, minIndex: 0n, waitMs: 0 }, {}, roster)
    response.writeHead(200, ['Content-Type', 'application/x-gzip', ...headers, ...commonHeaders(roster.config, true)])
    response.setTimeout(IDLE_MS, () => { response.destroy() })
    await pipeline(Readable.from(pieces, { objectMode: false }), createGzip({ level: GZIP_LEVEL }), response)
  } catch (error) {
    // A reader who went away; the headers are sent, so there is nobody to tell.
    roster.log.child('http').warn('A snapshot was not read to its end', { request: request.id, error: String(error) })
    response.destroy()
  } finally {
    release()
  }
  return taken
}

const restore: Handler = async (request, roster) => {
  checkDatacenter(request, roster)
  if (request.query.has('stale')) throw errors.SNAPSHOT_STALE()
  const upload = request.raw.request
  upload.setTimeout(IDLE_MS, () => { upload.destroy() })
  const giveUp = roster.clock.after(MAX_UPLOAD_MS, () => { upload.destroy() })
  try {
    await request.unhurried(() => roster.snapshots.restore(roster, upload))
  } catch (error) {
    if (request.signal.aborted) throw errors.CUT_SHORT()
    // What was not read is not read any more: the connection ends with the answer.
    if (error instanceof RosterError) return text(error.status, error.message, ['Connection', 'close'])
    throw error
  } finally {
    giveUp()
  }
  return { status: 200, headers: ['Content-Type', 'application/octet-stream'], body: '' }
}

export const snapshotRoutes: readonly Route[] = [
  { path: '/v1/snapshot', methods: { GET: save, PUT: restore } },
]

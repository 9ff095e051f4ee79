// The watch stream's door: WebSocket at `/v1/watch`, hosted by fastify. Who may open one, pings, and the end.

import { Access } from '../http/access.js'
import { isLoopback } from '../http/client-limits.js'
import { topics } from '../state/topic-names.js'
import { CLOSE, Connection } from './connection.js'
import { SUBPROTOCOL } from './protocol.js'
import { Views } from './views.js'
import { Watchers } from './watchers.js'
import type { FastifyInstance } from 'fastify'
import type { WebSocket } from 'ws'
import type { StreamContext, StreamStats } from './connection.js'
import type { Roster } from '../roster.js'

/** Largest frame from a client, bytes. */
const MAX_PAYLOAD = 64 * 1024
/** A silent client is asked for a sign of life, and told where it stands, this often; one that gives none until the next time is cut. ms. */
const PING_MS = 20_000

export interface StreamDoor {
  readonly watchers: Watchers
  readonly stats: StreamStats
  /** Adds the route. */
  host (app: FastifyInstance): Promise<void>
  close (): void
}

export function streamDoor (roster: Roster): StreamDoor {
  const watchers = new Watchers(roster.clock, () => {
    if (!roster.state.topics.awaited(topics.watchers)) return
    roster.state.topics.touch(topics.watchers, roster.state.revision)
    roster.state.topics.wake()
  })
  const views = new Views(roster.state, roster.clock)
  const stats: StreamStats = { open: 0, subscriptions: 0, framesSent: 0, framesReceived: 0, resyncs: 0, closedSlow: 0, closedFlood: 0, refused: 0 }
  const context: StreamContext = { roster, views, watchers, stats }
  const sockets = new Set<WebSocket>()
  const open = (socket: WebSocket, client: string): void => {
    sockets.add(socket)
    const connection = new Connection(context, {
      send: frame => { socket.send(frame, { binary: false }) },
      get backlog () { return socket.bufferedAmount },
      close: (code, reason) => {
        socket.close(code, reason)
        // One that does not read does not answer a close frame either.
        if (code === CLOSE.TOO_SLOW) socket.terminate()
      },
    }, client)
    let alive = true
    const ask = (): void => {
      if (!alive) {
        socket.terminate()
        return
      }
      alive = false
      socket.ping()
      connection.progress()
      cancel = roster.clock.after(PING_MS, ask)
    }
    let cancel = roster.clock.after(PING_MS, ask)
    socket.on('pong', () => { alive = true })
    socket.on('message', (data, binary) => {
      alive = true
      if (binary) socket.close(1003, 'frames are text')
      else connection.receive(String(data))
    })
    socket.on('error', () => {}) // what it means is told by `close`
    socket.on('close', () => {
      cancel()
      sockets.delete(socket)
      connection.end()
    })
  }

  return {
    watchers,
    stats,
    async host (app) {
      const { default: websocket } = await import('@fastify/websocket')
      await app.register(websocket, {
        options: {
          maxPayload: MAX_PAYLOAD,
          perMessageDeflate: false,
          handleProtocols: (offered: Set<string>) => offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false,
        },
        preClose: done => { done() },
      })
      app.get('/v1/watch', {
        websocket: true,
        preValidation: async (request, reply) => {
          const access = new Access(roster.config.http)
          const refused = access.hostError(request.headers.host, isLoopback(request.socket.localAddress ?? '')) ?? access.foreignOrigin(request.headers)
          if (refused !== undefined) return await reply.code(refused.status).type('text/plain').send(refused.message)
          if (stats.open >= roster.config.limits.maxStreams) {
            stats.refused++
            return await reply.code(429).header('Retry-After', '1').type('text/plain').send('Too many watch streams are open, try again later')
          }
          if (request.headers.upgrade?.toLowerCase() !== 'websocket') return await reply.code(426).header('Upgrade', 'websocket').type('text/plain').send('This is a WebSocket endpoint')
        },
      }, (socket, request) => { open(socket, `${request.socket.remoteAddress ?? ''}:${request.socket.remotePort ?? 0}`) })
    },
    close () {
      for (const socket of sockets) {
        socket.close(CLOSE.GOING_AWAY, 'the server stops')
        socket.terminate()
      }
      watchers.stop()
      views.close()
    },
  }
}

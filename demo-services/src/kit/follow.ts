// Follows the orders of the shop as they are told over the broker, each once and without gaps. Events have numbers: a number that is known is dropped, one that is missing is fetched from
// orders itself. So it does not matter what the broker forgets.

import { context, propagation, SpanKind, trace } from '@opentelemetry/api'
import type { Tracer } from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import type { RosterClient } from '@roster/client'
import type { FastifyBaseLogger } from 'fastify'
import type { Event } from '../orders/store.js'
import type { Caller } from './dependencies.js'
import { connectBroker } from './mqtt.js'
import type { Store } from './store/store.js'
import { get, put } from './store/work.js'
import type { Work } from './store/work.js'

export interface FollowOptions {
  readonly roster: RosterClient
  readonly orders: Caller
  readonly store: Store
  readonly tracer: Tracer
  readonly log: FastifyBaseLogger
  /** What an event changes; in one transaction with the number, so that it counts once even if this process dies. */
  readonly apply: (event: Event) => Work<void>
}

const TOPIC = 'shop/orders'
/** Between two looks at orders besides the broker, ms: for a silent loss, which no gap shows. */
const LOOK_MS = 5000

export interface Follower {
  /** Takes in what there is now. */
  catchUp (): Promise<void>
  close (): Promise<void>
}

export function follow ({ roster, orders, store, tracer, log, apply }: FollowOptions): Follower {
  let turn: Promise<unknown> = Promise.resolve()
  /** One after another, in order. */
  const queued = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work)
    turn = next.catch((err: unknown) => log.info({ err }, 'following orders'))
    return next
  }

  /** @returns false when an event before it is missing */
  const take = (event: Event): Promise<boolean> => store.change(function * () {
    const seen = (yield * get<number>('followed')) ?? 0
    if (event.seq <= seen) return true
    if (event.seq > seen + 1) return false
    yield * apply(event)
    yield * put('followed', event.seq)
    return true
  })

  async function fetchMissing (): Promise<void> {
    while (true) {
      const seen = await store.read(function * () { return (yield * get<number>('followed')) ?? 0 })
      const { body } = await orders.call<{ events: Event[] }>('GET', `/events?after=${seen}`)
      if (body.events.length === 0) return
      for (const event of body.events) if (!await take(event)) return
    }
  }
  // A look that nobody asked for is in nobody's trace.
  const catchUp = (): Promise<void> => queued(() => context.with(suppressTracing(context.active()), fetchMissing))

  async function heard (payload: string): Promise<void> {
    const event = JSON.parse(payload) as Event
    const parent = propagation.extract(context.active(), event)
    const span = tracer.startSpan(`receive ${TOPIC}`, { kind: SpanKind.CONSUMER, attributes: { 'messaging.system': 'mqtt', 'messaging.destination.name': TOPIC } }, parent)
    await context.with(trace.setSpan(parent, span), async () => {
      try { if (!await take(event)) await fetchMissing() } finally { span.end() }
    })
  }

  const broker = connectBroker(roster, {
    log,
    topic: TOPIC,
    onMessage: payload => { void queued(() => heard(payload)).catch(() => {}) },
    onConnected: () => { void catchUp().catch(() => {}) },
  })
  const timer = setInterval(() => { void catchUp().catch(() => {}) }, LOOK_MS)
  return {
    catchUp,
    async close () {
      clearInterval(timer)
      await broker.close()
      await turn
    },
  }
}

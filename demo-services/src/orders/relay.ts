// The outbox's other end: what was written together with an order is told to the broker, in order, until the broker says that it has it. Told again after a crash; readers know events by
// their number.

import { SpanKind, context, propagation, trace } from '@opentelemetry/api'
import type { Tracer } from '@opentelemetry/api'
import type { RosterClient } from '@roster/client'
import type { FastifyBaseLogger } from 'fastify'
import { connectBroker } from '../kit/mqtt.js'
import type { Store } from '../kit/store/store.js'
import { eventsAfter, relayed, setRelayed } from './store.js'
import type { Event } from './store.js'

export const TOPIC = 'shop/orders'
/** Events between two looks at whether we are still the one. */
const BATCH = 50

export interface Relay {
  /** Tells what has not been told yet. @throws when the broker cannot be reached */
  drain (signal: AbortSignal): Promise<void>
  close (): Promise<void>
}

export function relay ({ roster, store, tracer, log }: { roster: RosterClient, store: Store, tracer: Tracer, log: FastifyBaseLogger }): Relay {
  const broker = connectBroker(roster, { log })

  async function tell (event: Event): Promise<void> {
    const parent = event.traceparent === undefined ? context.active() : propagation.extract(context.active(), event)
    const span = tracer.startSpan(`publish ${TOPIC}`, { kind: SpanKind.PRODUCER, attributes: { 'messaging.system': 'mqtt', 'messaging.destination.name': TOPIC } }, parent)
    const carrier: { traceparent?: string } = {}
    propagation.inject(trace.setSpan(parent, span), carrier)
    try { await broker.publish(TOPIC, JSON.stringify({ ...event, ...carrier })) } finally { span.end() }
  }

  return {
    async drain (signal) {
      while (!signal.aborted) {
        const from = await store.read(relayed)
        const events = await store.read(() => eventsAfter(from, BATCH))
        if (events.length === 0) return
        for (const event of events) {
          if (signal.aborted) return
          await tell(event)
        }
        await store.change(() => setRelayed(events[events.length - 1]!.seq))
      }
    },
    close: () => broker.close(),
  }
}

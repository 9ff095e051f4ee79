// Payments as orders sees it: gRPC, its instances found and balanced by the SDK. A call that no instance could answer is made again, since an order is charged once however often one asks.

import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, credentials, Metadata, status } from '@grpc/grpc-js'
import type { ServiceError } from '@grpc/grpc-js'
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Tracer } from '@opentelemetry/api'
import type { RosterClient } from '@roster/client'
import { registerResolver } from '@roster/client/grpc'
import { ShopError } from '../kit/errors.js'
import { PaymentsService } from '../payments/contract.js'
import type { Books, ChargeRequest, OrderRequest, Payment } from '../payments/contract.js'

export interface Payments {
  charge (request: ChargeRequest): Promise<Payment>
  refund (request: OrderRequest): Promise<Payment>
  books (): Promise<Books>
  close (): void
}

/** Times a call is made, and how long each may take at most, ms. */
const TRIES = 4
const TRY_MS = 1500

/** @param budgetMs of all tries together */
export function paymentsClient (roster: RosterClient, tracer: Tracer, budgetMs: number): Payments {
  registerResolver(roster)
  const client = new Client('roster:///payments', credentials.createInsecure())

  function once<T> (method: string, request: unknown, deadline: number): Promise<T> {
    const { path, requestSerialize, responseDeserialize } = PaymentsService[method]!
    const span = tracer.startSpan(`shop.payments.Payments/${method}`, { kind: SpanKind.CLIENT, attributes: { 'rpc.system': 'grpc', 'rpc.method': method, 'roster.service': 'payments' } })
    const metadata = new Metadata()
    propagation.inject(trace.setSpan(context.active(), span), metadata, { set: (carrier, key, value) => { carrier.set(key, value) } })
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, { deadline }, (error, reply) => {
        if (error) span.setStatus({ code: SpanStatusCode.ERROR, message: error.details })
        span.end()
        if (error) reject(error)
        else resolve(reply as T)
      })
    })
  }

  async function call<T> (method: string, request: unknown): Promise<T> {
    const until = Date.now() + budgetMs
    for (let attempt = 1; ; attempt++) {
      try { return await once<T>(method, request, Math.min(until, Date.now() + TRY_MS)) } catch (error) {
        const { code, details } = error as ServiceError
        if (code === status.INVALID_ARGUMENT) throw new ShopError('BAD_INPUT', details)
        if (code === status.ALREADY_EXISTS) throw new ShopError('ANOTHER_MEANING', details)
        if (attempt === TRIES || Date.now() >= until) throw new ShopError('NOT_NOW', `payments: ${details}`, { cause: error })
      }
      await pause(randomInt(20, 100) * attempt)
    }
  }

  return {
    charge: request => call('Charge', request),
    refund: request => call('Refund', request),
    books: () => call('Books', {}),
    close: () => client.close(),
  }
}

// Payments: the ledger, over gRPC. An order is the idempotency key: charging it again gives the row of the first time.

import { Server, ServerCredentials, status } from '@grpc/grpc-js'
import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js'
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Tracer } from '@opentelemetry/api'
import { isShopError, ShopError, textOf } from '../kit/errors.js'
import type { Faults } from '../kit/faults.js'
import type { ServiceDefinition } from '../kit/definition.js'
import { PaymentsService } from './contract.js'
import type { ChargeRequest, OrderRequest } from './contract.js'
import { deps } from './deps.js'
import { faults } from './faults.js'
import * as ledger from './store.js'

/** The largest sum of an order, in cents: a typing error is no purchase. */
const MOST = 100_000_00
const ORDER = /^[A-Za-z0-9-]{8,64}$/

export const payments: ServiceDefinition = {
  name: 'payments',
  version: '1.0.0',
  owner: 'team-money',
  purpose: 'Charges each order once, whatever breaks while it does.',
  deps,
  faults,
  keeps: true,

  async start ({ store, faults, tracer, label, host, port: wanted }) {
    const answer = (row: ledger.Row) => ({ order: row.order, state: row.state, amount: row.amount, why: row.why, servedBy: label })
    const methods = {
      Charge: async (request: ChargeRequest) => {
        checkOrder(request)
        if (!Number.isSafeInteger(request.amount) || request.amount < 1 || request.amount > MOST) throw new ShopError('BAD_INPUT', `amount must be from 1 to ${MOST} cents`)
        if (request.customer === '') throw new ShopError('BAD_INPUT', 'customer is missing')
        return answer(await store.change(() => ledger.charge(request, Date.now())))
      },
      Refund: async (request: OrderRequest) => answer(await store.change(() => ledger.refund(checkOrder(request), Date.now()))),
      Find: async (request: OrderRequest) => answer(await store.read(() => ledger.find(checkOrder(request)))),
      Books: async () => await store.read(ledger.books),
    }
    const server = new Server({ 'grpc.max_receive_message_length': 16 * 1024 })
    server.addService(PaymentsService, Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, unary(name, method as Method, faults, tracer)])) as UntypedServiceImplementation)
    const port = await new Promise<number>((resolve, reject) => server.bindAsync(`${host}:${wanted}`, ServerCredentials.createInsecure(), (error, bound) => error ? reject(error) : resolve(bound)))
    return { offer: { port, server }, close: async () => { server.forceShutdown() } }
  },
}

function checkOrder ({ order }: OrderRequest): string {
  if (!ORDER.test(order)) throw new ShopError('BAD_INPUT', 'order must be 8 to 64 letters, digits or -')
  return order
}

type Method = (request: unknown) => Promise<unknown>

/** Code of an error of ours, after https://grpc.io/docs/guides/status-codes/. */
function codeOf (error: unknown): status {
  if (isShopError(error, 'BAD_INPUT')) return status.INVALID_ARGUMENT
  if (isShopError(error, 'UNKNOWN_ORDER')) return status.NOT_FOUND
  if (isShopError(error, 'ANOTHER_MEANING')) return status.ALREADY_EXISTS
  if (isShopError(error, 'INJECTED')) return status.UNAVAILABLE
  return status.INTERNAL
}

const carrier = { keys: () => ['traceparent', 'tracestate', 'baggage'], get: (metadata: ServerUnaryCall<unknown, unknown>['metadata'], key: string) => metadata.get(key).map(String) }

function unary (name: string, method: Method, faults: Faults, tracer: Tracer) {
  return (call: ServerUnaryCall<unknown, unknown>, done: sendUnaryData<unknown>): void => {
    const parent = propagation.extract(context.active(), call.metadata, carrier)
    const span = tracer.startSpan(`shop.payments.Payments/${name}`, { kind: SpanKind.SERVER, attributes: { 'rpc.system': 'grpc', 'rpc.method': name } }, parent)
    const gone = new AbortController()
    call.on('cancelled', () => gone.abort())
    void context.with(trace.setSpan(parent, span), async () => {
      try {
        await faults.before(gone.signal)
        const reply = await method(call.request)
        faults.after()
        done(null, reply)
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: textOf(error) })
        const code = codeOf(error)
        done({ code, details: code === status.INTERNAL ? 'Something went wrong here' : textOf(error) })
      } finally {
        span.end()
      }
    })
  }
}

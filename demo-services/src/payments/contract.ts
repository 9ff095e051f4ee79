// The gRPC face of payments, typed: what the server implements and what callers use. The wire is payments.proto.ts.

import type { ServiceDefinition } from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import protobuf from 'protobufjs'
import { PAYMENTS_PROTO } from './payments.proto.js'

export interface ChargeRequest { readonly order: string, readonly amount: number, readonly customer: string, readonly card: string }
export interface OrderRequest { readonly order: string }
export interface Payment { readonly order: string, readonly state: 'charged' | 'declined' | 'refunded' | 'closed', readonly amount: number, readonly why: string, readonly servedBy: string }
export interface Books { readonly charges: number, readonly refunds: number, readonly declined: number, readonly charged: number, readonly refunded: number }

const { root } = protobuf.parse(PAYMENTS_PROTO, { keepCase: false })

/** Method names as on the wire: `/shop.payments.Payments/Charge`. */
export const PaymentsService = fromJSON(root.toJSON(), { longs: Number, defaults: true })['shop.payments.Payments'] as unknown as ServiceDefinition

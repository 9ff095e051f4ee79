// What acts have in common: waiting for conditions, asking the registry as anybody would, buying.

import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { textOf } from '../kit/errors.js'
import type { FaultSpec } from '../kit/faults.js'
import { askOps } from '../launcher/ask-ops.js'
import type { Shop } from '../launcher/shop.js'
import { customer } from '../load/customer.js'
import type { Customer } from '../load/customer.js'
import { signUp } from '../load/journeys.js'

/** @returns how long it took, ms @throws Error when it does not come true in time */
export async function until (what: string, ms: number, check: () => unknown): Promise<number> {
  const began = performance.now()
  let last = ''
  while (true) {
    const ok = await Promise.resolve().then(check).catch((error: unknown) => { last = ` (${textOf(error)})`; return false })
    if (ok) return performance.now() - began
    if (performance.now() - began > ms) throw new Error(`not within ${ms} ms: ${what}${last}`)
    await pause(25)
  }
}

export interface Listed { readonly label: string, readonly address: string, readonly port: number, readonly id: string, readonly version: string }

/** Instances that pass, by the registry's HTTP API. */
export async function passing (shop: Shop, service: string): Promise<readonly Listed[]> {
  const answer = await fetch(`${shop.registry.url}/v1/health/service/${service}?passing`, { signal: AbortSignal.timeout(5000) })
  const rows = await answer.json() as Array<{ Node: { Address: string }, Service: { ID: string, Address: string, Port: number, Meta: Record<string, string> } }>
  return rows.map(({ Node, Service }) => ({ id: Service.ID, label: Service.Meta['label'] ?? Service.ID, address: Service.Address || Node.Address, port: Service.Port, version: Service.Meta['version'] ?? '' }))
}

/** Everybody who runs passes, nobody else does, and no trouble is on order. */
export async function settled (shop: Shop): Promise<void> {
  const wanted = new Map<string, string[]>()
  for (const { label, services, running } of shop.instances) if (running) for (const service of services) wanted.set(service, [...wanted.get(service) ?? [], services.length === 1 ? label : ''])
  await until('everybody passes', 45_000, async () => {
    for (const [service, labels] of wanted) if ((await passing(shop, service)).length !== labels.length) return false
    return true
  })
  for (const { label, running } of shop.instances) if (running) await askOps(shop, label, 'DELETE', '/ops/faults').catch(() => {})
}

export const fault = async (shop: Shop, label: string, { kind, ...how }: FaultSpec): Promise<void> => { await until(`${label} takes the fault`, 5000, async () => { await askOps(shop, label, 'PUT', `/ops/faults/${kind}`, how); return true }) }

export async function signedUp (shop: Shop, sampled = 0): Promise<Customer> {
  const one = customer(shop.roster, { sampled })
  await signUp(one)
  return one
}

/** @throws Error when it is not confirmed */
export async function buy (who: Customer, sku = 'mug', id: string = randomUUID()): Promise<{ id: string, servedBy: Record<string, string> }> {
  const { status, body } = await who.call('PUT', `/api/orders/${id}`, { lines: [{ sku, quantity: 1 }] })
  if (status !== 200 || body.state !== 'confirmed') throw new Error(`order ${id}: ${status} ${body?.error?.message ?? body?.state}`)
  return { id, servedBy: body.servedBy }
}

/** Which instance of orders answered, over many calls. @param atOnce calls under way at a time */
export async function shares (who: readonly Customer[], calls: number, atOnce = 4): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  let left = calls
  await Promise.all(Array.from({ length: atOnce }, async (_, worker) => {
    while (left-- > 0) {
      const { body } = await who[worker % who.length]!.call('GET', '/api/orders')
      const label = body?.servedBy?.orders ?? 'nobody'
      counts.set(label, (counts.get(label) ?? 0) + 1)
    }
  }))
  return new Map([...counts].map(([label, count]) => [label, count / calls]))
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`
export const ms = (time: number): string => `${Math.round(time)} ms`
export const seconds = (time: number): string => `${(time / 1000).toFixed(1)} s`

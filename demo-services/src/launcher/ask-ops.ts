// Calls of an instance's other face. Where that is, its registration says and nothing else.

import { ShopError } from '../kit/errors.js'
import type { Shop } from './shop.js'

/** An instance that does not answer within this is silent, ms. */
const ASK_MS = 2000

/** @throws ShopError UNKNOWN, NOT_NOW when it is not registered, BAD_INPUT with what it refuses */
export async function askOps<T> (shop: Shop, label: string, method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const service = shop.instances.find(instance => instance.label === label)?.services[0]
  if (service === undefined) throw new ShopError('UNKNOWN', label)
  const known = shop.roster.service(service)
  await known.ready()
  const instance = known.snapshot().instances.find(({ meta, health }) => meta['label'] === label && health !== 'critical')
  if (instance?.meta['ops'] === undefined) throw new ShopError('NOT_NOW', `${label} is not registered`)
  const answer = await fetch(`http://${instance.address}:${instance.meta['ops']}${path}`, { method, signal: AbortSignal.timeout(ASK_MS), ...body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } })
  const reply = await answer.json() as T & { error?: { message: string } }
  if (!answer.ok) throw new ShopError('BAD_INPUT', reply.error?.message)
  return reply
}

// What customers do in the shop, and how often. A journey that does not end as it should is a failure, whatever the reason.

import { randomUUID } from 'node:crypto'
import type { Answer, Customer } from './customer.js'

export type JourneyName = 'browse' | 'look' | 'fill' | 'buy' | 'history'

/** Relative, as people behave: many look, few buy. */
export const WEIGHTS: Readonly<Record<JourneyName, number>> = { browse: 10, look: 5, fill: 3, buy: 2, history: 1 }

const SKUS = ['kettle', 'teapot', 'mug', 'lamp', 'notebook', 'pencil', 'plant', 'clock', 'bell']

/** @throws Error that says what came instead */
function expect ({ status, body }: Answer, what: string, ...allowed: number[]): void {
  if (!allowed.includes(status)) throw new Error(`${what}: ${status} ${body?.error?.code ?? ''}`.trim())
}

export const journeys: Readonly<Record<JourneyName, (customer: Customer, random: () => number) => Promise<void>>> = {
  browse: async customer => expect(await customer.call('GET', '/api/home'), 'home', 200),
  look: async (customer, random) => expect(await customer.call('GET', `/api/products/${one(random)}`), 'product', 200),
  fill: async (customer, random) => {
    expect(await customer.call('PUT', '/api/basket', { lines: lines(random) }), 'basket', 200)
    expect(await customer.call('GET', '/api/home'), 'home', 200)
  },
  buy: async (customer, random) => {
    const answer = await customer.call('PUT', `/api/orders/${randomUUID()}`, { lines: lines(random) })
    expect(answer, 'order', 200)
    if (answer.body.state !== 'confirmed') throw new Error(`order: ${answer.body.state}`)
  },
  history: async customer => expect(await customer.call('GET', '/api/orders'), 'orders', 200),
}

const one = (random: () => number): string => SKUS[Math.floor(random() * SKUS.length)]!
const lines = (random: () => number): Array<{ sku: string, quantity: number }> => [...new Set([one(random), one(random)])].map(sku => ({ sku, quantity: 1 + Math.floor(random() * 3) }))

/** Opens an account, so that buying works. @throws Error */
export async function signUp (customer: Customer): Promise<void> {
  // Signing up must not be sent twice, so a lost answer is a new name.
  for (let attempt = 1; ; attempt++) {
    const answer = await customer.call('POST', '/api/accounts', { name: `load ${randomUUID().slice(0, 8)}`, password: randomUUID() }).catch((error: unknown) => ({ status: 0, body: { error: { code: String(error) } } }))
    if (answer.status === 200) return
    if (attempt === 5) expect(answer, 'sign up', 200)
  }
}

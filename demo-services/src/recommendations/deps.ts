// Whom recommendations needs: orders, to learn from. Without them it knows what it knew.

import type { Dependencies } from '../kit/dependencies.js'

export const deps = {
  broker: { kind: 'soft', protocol: 'mqtt', why: 'tells of orders as they are confirmed', budgetMs: 3000, fallback: 'orders is asked every few seconds' },
  orders: { kind: 'soft', protocol: 'http', why: 'what the broker did not tell', budgetMs: 2000, fallback: 'what was learned before' },
} satisfies Dependencies

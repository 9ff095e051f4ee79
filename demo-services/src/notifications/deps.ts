// Whom notifications needs: it is told of orders, and asks for what it missed. Nobody waits for it.

import type { Dependencies } from '../kit/dependencies.js'

export const deps = {
  broker: { kind: 'soft', protocol: 'mqtt', why: 'tells of orders as they are confirmed', budgetMs: 3000, fallback: 'orders is asked every few seconds' },
  orders: { kind: 'soft', protocol: 'http', why: 'what the broker did not tell', budgetMs: 2000, fallback: 'messages come later' },
  users: { kind: 'soft', protocol: 'http', why: 'public keys of tokens', budgetMs: 2000, fallback: 'keys that were fetched before' },
} satisfies Dependencies

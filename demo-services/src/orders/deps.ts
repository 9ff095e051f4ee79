// Whom orders needs. Both hard ones must answer for a purchase; neither is ever asked for something that may not be asked twice.

import type { Dependencies } from '../kit/dependencies.js'

export const deps = {
  inventory: { kind: 'hard', protocol: 'http', why: 'holds the goods while the order is paid', budgetMs: 5000 },
  payments: { kind: 'hard', protocol: 'grpc', why: 'charges the customer', budgetMs: 5000 },
  users: { kind: 'soft', protocol: 'http', why: 'public keys of tokens', budgetMs: 2000, fallback: 'keys that were fetched before: who is signed in can buy' },
  broker: { kind: 'soft', protocol: 'mqtt', why: 'tells the others of orders', budgetMs: 5000, fallback: 'events wait in the outbox until it is back' },
} satisfies Dependencies

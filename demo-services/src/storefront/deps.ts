// Whom the storefront needs for its pages. Products and orders are the shop; all else has a budget, and a page without it is still a page.

import type { Dependencies } from '../kit/dependencies.js'

export const deps = {
  inventory: { kind: 'hard', protocol: 'http', why: 'products and what is left of them', budgetMs: 5000 },
  orders: { kind: 'hard', protocol: 'http', why: 'checkout and history', budgetMs: 8000 },
  users: { kind: 'hard', protocol: 'http', why: 'signing in; tokens are verified without asking', budgetMs: 5000, policy: { routes: [{ match: { method: 'GET', path: '/keys' }, timeoutMs: 2000 }] } },
  recommendations: { kind: 'soft', protocol: 'http', why: 'the shelf "goes well with it"', budgetMs: 80, fallback: 'the last shelf with its age, or none', policy: { retry: false } },
  notifications: { kind: 'soft', protocol: 'http', why: 'messages about orders', budgetMs: 300, fallback: 'no messages', policy: { retry: false } },
  delivery: { kind: 'soft', protocol: 'http', why: 'when it will be there', budgetMs: 300, fallback: 'no date', policy: { retry: false } },
  operator: { kind: 'soft', protocol: 'http', why: 'the operator page', budgetMs: 120_000, fallback: 'no operator page' },
} satisfies Dependencies

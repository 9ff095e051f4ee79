// Recommendations: what others bought with it. Nice to have, and built so: whoever asks has a budget for it and does without.

import type { ServiceDefinition } from '../kit/definition.js'
import { follow } from '../kit/follow.js'
import { deps } from './deps.js'
import { faults } from './faults.js'
import { learn, suggest } from './store.js'

/** Products on a shelf. */
const SHELF = 3

export const recommendations: ServiceDefinition = {
  name: 'recommendations',
  version: '1.0.0',
  owner: 'team-growth',
  purpose: 'Says what goes well with what is in the basket.',
  deps,
  faults,
  keeps: true,

  async start ({ http, store, roster, tracer, log, to }) {
    const follower = follow({ roster, orders: to('orders'), store, tracer, log, apply: learn })
    http.get<{ Querystring: { with?: string } }>('/suggestions', {
      schema: { querystring: { type: 'object', additionalProperties: false, properties: { with: { type: 'string', maxLength: 400, pattern: '^[a-z0-9,-]*$' } } } },
    }, async ({ query }) => ({ skus: await store.read(() => suggest((query.with ?? '').split(',').filter(Boolean).slice(0, 20), SHELF)) }))
    return { close: () => follower.close() }
  },
}

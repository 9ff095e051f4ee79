// Notifications: tells customers what became of their orders. Lives on events; when it is away, messages come later and nobody notices anything else.

import type { ServiceDefinition } from '../kit/definition.js'
import { follow } from '../kit/follow.js'
import { verifier } from '../kit/tokens.js'
import { deps } from './deps.js'
import { faults } from './faults.js'
import * as messages from './store.js'

export const notifications: ServiceDefinition = {
  name: 'notifications',
  version: '1.0.0',
  owner: 'team-post',
  purpose: 'Writes to customers about their orders.',
  deps,
  faults,
  keeps: true,

  async start ({ http, store, roster, tracer, log, to }) {
    const tokens = verifier(to('users'))
    const follower = follow({ roster, orders: to('orders'), store, tracer, log, apply: messages.note })
    http.get('/messages', async ({ headers }) => {
      const { user } = await tokens.verify(headers.authorization)
      return { messages: await store.read(() => messages.ofUser(user, 20)) }
    })
    http.get('/books', async () => {
      await follower.catchUp().catch(() => {})
      return { messages: await store.read(messages.count) }
    })
    return { close: () => follower.close() }
  },
}

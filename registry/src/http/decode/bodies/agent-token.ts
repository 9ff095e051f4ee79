// The body of PUT agent/token/:kind.

import { bodyDecoder } from '../body.js'
import { text } from '../scalar-kinds.js'
import { field, table } from '../table.js'

export const agentToken = table({ name: 'AgentToken', type: 'api.AgentToken' }, {
  /** The secret; '' clears it. */
  token: field('Token', text),
})

export const decodeAgentToken = bodyDecoder(agentToken)

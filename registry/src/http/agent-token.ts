// /v1/agent/token: the tokens that the agent itself uses. Without ACLs it has none.

import { errors } from '../errors.js'
import type { Handler, Route } from './route.js'

const token: Handler = () => { throw errors.ACL_DISABLED() }

export const agentTokenRoutes: readonly Route[] = [
  { path: '/v1/agent/token/', methods: { PUT: token } },
]

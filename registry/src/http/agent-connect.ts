// /v1/agent/connect: certificates and verdicts for proxies. Without a certificate authority there are none.

import { errors } from '../errors.js'
import type { Handler, Route } from './route.js'

const disabled: Handler = () => { throw errors.CONNECT_DISABLED() }

export const agentConnectRoutes: readonly Route[] = [
  { path: '/v1/agent/connect/ca/roots', methods: { GET: disabled } },
  { path: '/v1/agent/connect/ca/leaf/', methods: { GET: disabled } },
  { path: '/v1/agent/connect/authorize', methods: { POST: disabled } },
]

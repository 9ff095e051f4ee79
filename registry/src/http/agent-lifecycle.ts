// /v1/agent/reload and leave: the settings anew, and the end.

import { ConfigError } from '../config/config-error.js'
import { errors } from '../errors.js'
import { empty } from './reply.js'
import type { Handler, Route } from './route.js'

const reload: Handler = async (_request, roster) => {
  try {
    await roster.reload()
  } catch (error) {
    throw error instanceof ConfigError ? errors.RELOAD_FAILED(error.message) : error
  }
  return empty()
}

const leave: Handler = (_request, roster) => {
  roster.log.child('agent').info('Leaving, as asked over the API')
  roster.leave()
  return empty()
}

export const agentLifecycleRoutes: readonly Route[] = [
  { path: '/v1/agent/reload', methods: { PUT: reload } },
  { path: '/v1/agent/leave', methods: { PUT: leave } },
]

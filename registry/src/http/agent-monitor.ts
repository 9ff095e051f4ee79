// /v1/agent/monitor: the log as it is written, until the caller goes. A slow reader misses lines and is told how many.

import { errors } from '../errors.js'
import { logJson, logLine } from '../telemetry/log-line.js'
import { endless } from './endless.js'
import type { Handler, Route } from './route.js'
import type { LogLevel } from '../telemetry/log.js'

const LEVELS: Readonly<Record<string, LogLevel>> = { TRACE: 'TRACE', DEBUG: 'DEBUG', INFO: 'INFO', WARN: 'WARN', ERR: 'ERROR', ERROR: 'ERROR' }

const monitor: Handler = (request, roster) => {
  const asked = request.query.get('loglevel')
  const level = LEVELS[asked === '' ? 'INFO' : asked.toUpperCase()]
  if (level === undefined) throw errors.UNKNOWN_LOG_LEVEL(asked)
  const form = request.query.has('logjson') ? logJson : logLine
  return endless(request, roster, 'text/plain; charset=utf-8', out => {
    let missed = 0
    return roster.hub.subscribe(level, record => {
      const notice = missed === 0 ? '' : form({ ...record, level: 'WARN', module: 'agent', message: 'Lines were left out, this reader is too slow', fields: { lines: missed } }) + '\n'
      missed = out.write(`${notice}${form(record)}\n`) ? 0 : missed + 1
    })
  })
}

export const agentMonitorRoutes: readonly Route[] = [
  { path: '/v1/agent/monitor', methods: { GET: monitor } },
]

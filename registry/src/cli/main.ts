#!/usr/bin/env node
// The command line's door: finds the verb and loads only its file.

import { loadConfig } from '../config/load-config.js'
import { startServer } from '../server.js'
import { silentLog } from '../telemetry/log.js'

const [verb, ...args] = process.argv.slice(2)
if (verb === 'agent') {
  const config = loadConfig({ args, env: process.env, cwd: process.cwd() })
  const server = await startServer({ config, log: silentLog })
  const end = (): void => { void server.stop().then(() => process.exit(0)) }
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
} else process.exitCode = 127

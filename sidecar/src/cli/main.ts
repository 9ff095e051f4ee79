#!/usr/bin/env node
// The process: reads what it shall do, starts the sidecar, hands signals on, and ends with the documented code.

import { constants } from 'node:os'
import { loadConfig } from '../config/load-config.js'
import { EXIT, SidecarError } from '../errors.js'
import type { Sidecar } from '../sidecar.js'
import { onSignals } from './signals.js'

async function run (): Promise<number> {
  const config = loadConfig({ args: process.argv.slice(2), env: process.env })
  if (config === 'help' || config === 'version') {
    const [{ helpText }, { VERSION }] = await Promise.all([import('./help.js'), import('../version.js')])
    process.stdout.write(config === 'help' ? helpText() : `roster-sidecar ${VERSION}\n`)
    return 0
  }
  // Loaded when it is known that there is something to start: a wrong flag is told at once.
  const [{ Sidecar }, { createLog }, { dataPlane }] = await Promise.all([import('../sidecar.js'), import('../telemetry/log.js'), import('../data-plane.js')])
  const log = createLog(config.logLevel)
  const starting = new AbortController()
  const running: { sidecar?: Sidecar } = {}
  onSignals({
    end: (signal, again) => {
      if (again) {
        running.sidecar?.kill()
        process.exit(128 + constants.signals[signal])
      }
      starting.abort()
      void running.sidecar?.drain()
    },
    forward: signal => {
      running.sidecar?.signal(signal)
      // What daemons do at this signal.
      if (signal === 'SIGHUP') void running.sidecar?.reloadPolicy().catch((error: unknown) => log.warn({ err: error }, 'the policy file cannot be used; the old policy stays in force'))
    },
  })
  const sidecar = running.sidecar = await Sidecar.start(config, { env: process.env, log, dataPlane, signal: starting.signal })
  // The signal came between the last step of the start and now.
  if (starting.signal.aborted) void sidecar.drain()
  return await sidecar.ended
}

try {
  process.exit(await run())
} catch (error) {
  if (!(error instanceof SidecarError)) throw error
  process.stderr.write(`roster-sidecar: ${error.message}\n${error.exitCode === EXIT.usage ? 'See roster-sidecar --help.\n' : ''}`)
  process.exit(error.exitCode)
}

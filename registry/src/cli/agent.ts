// `roster agent`: settings, banner, log, server, signals. Ends with 0 whenever nothing was lost.

import { rmSync, writeFileSync } from 'node:fs'
import { EngineError } from '../engine/engine.js'
import { ConfigError } from '../config/config-error.js'
import { loadConfig, readConfig } from '../config/load-config.js'
import { logHub } from '../telemetry/log-hub.js'
import { startServer } from '../server.js'
import { banner } from './banner.js'
import type { RuntimeConfig } from '../config/runtime-config.js'
import type { LogHub, LogOutput } from '../telemetry/log-hub.js'
import type { Server } from '../server.js'

/** @param args the words after `agent` @returns the exit code, when the agent has ended */
export async function agent (args: readonly string[]): Promise<number> {
  const options = { args, env: process.env, cwd: process.cwd() }
  let config: RuntimeConfig
  try {
    config = loadConfig(options)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(error.stderr)
    return 1
  }
  if (!config.log.json) process.stdout.write(banner(config))
  let hub: LogHub
  try {
    hub = await openLog(config)
  } catch (error) {
    process.stderr.write(`==> Failed to setup logging: ${reason(error)}\n`)
    return 1
  }
  const log = hub.log.child('agent')
  for (const warning of config.warnings) log.warn(warning)
  process.on('unhandledRejection', error => {
    log.error('Unhandled rejection, the process ends', { error: error instanceof Error ? error.stack : String(error) })
    process.exit(70)
  })
  let server: Server
  try {
    server = await startServer({ config, hub, reload: () => readConfig(options) })
  } catch (error) {
    log.error('Error starting agent', { error: reason(error) })
    log.info('Exit code', { code: 1 })
    return 1
  }
  if (config.pidFile !== '') writeFileSync(config.pidFile, String(process.pid))
  log.info('Consul agent running!')
  const code = await untilEnd(server, hub, config)
  if (config.pidFile !== '') rmSync(config.pidFile, { force: true })
  log.info('Exit code', { code })
  return code
}

const SIGNALS = { SIGINT: 'interrupt', SIGTERM: 'terminated' } as const

/** Waits for a signal or for `leave`, then stops the server; a local agent says good-bye before, if its settings have it so. A second signal ends at once. */
function untilEnd (server: Server, hub: LogHub, { leave }: RuntimeConfig): Promise<number> {
  const log = hub.log.child('agent')
  return new Promise(resolve => {
    let ending = false
    const end = (why: () => void, leaving: boolean, code = 0): void => {
      if (ending) {
        resolve(1)
        return
      }
      ending = true
      why()
      const goodBye = leaving ? server.leave() : Promise.resolve()
      goodBye.then(() => server.stop()).then(() => resolve(code), (error: unknown) => {
        log.error('Error while stopping', { error: reason(error) })
        resolve(1)
      })
    }
    const leaves: Readonly<Record<string, boolean>> = { SIGTERM: leave.onTerminate, SIGINT: !leave.skipOnInterrupt }
    for (const [name, word] of Object.entries(SIGNALS)) process.on(name, () => end(() => log.info('Caught', { signal: word }), leaves[name]!))
    process.on('SIGHUP', () => {
      log.info('Caught', { signal: 'hangup' })
      server.reload().catch(error => log.error('Reload config failed', { error: reason(error) }))
    })
    process.on('SIGPIPE', () => {})
    void server.left.then(() => end(() => log.info('Leave completed, shutting down'), true))
    void server.gaveUp.then(() => end(() => {}, false, 1))
  })
}

async function openLog (config: RuntimeConfig): Promise<LogHub> {
  const outputs: LogOutput[] = [{ write: line => { process.stdout.write(line) } }]
  if (config.log.file !== '') {
    const { logFile } = await import('../telemetry/log-file.js')
    outputs.push(logFile({ path: config.log.file, rotateBytes: config.log.rotateBytes, rotateDurationMs: config.log.rotateDurationMs, maxFiles: config.log.rotateMaxFiles, now: Date.now }))
  }
  return logHub({ level: config.log.level, json: config.log.json, outputs })
}

/** A system error in Go's words where tools look for them. */
function reason (error: unknown): string {
  if (error instanceof EngineError) return error.message
  const { code, address, port, message } = error as NodeJS.ErrnoException & { address?: string, port?: number }
  const at = address === undefined ? '' : ` ${address.includes(':') ? `[${address}]` : address}:${port ?? 0}`
  if (code === 'EADDRINUSE') return `listen tcp${at}: bind: address already in use`
  if (code === 'EACCES') return `listen tcp${at}: bind: permission denied`
  if (code === 'EADDRNOTAVAIL') return `listen tcp${at}: bind: cannot assign requested address`
  return message ?? String(error)
}

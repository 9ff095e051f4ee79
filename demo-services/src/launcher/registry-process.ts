// The registry as a process of its own, which may be killed and started again with what it knew.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startChild } from './child.js'
import type { Child } from './child.js'

const ROSTER = fileURLToPath(new URL('../../../registry/bin/roster.js', import.meta.url))
const WITH_PARENT = new URL('../../dist/launcher/with-parent.js', import.meta.url).href
/** Until it must have answered, ms. */
const START_MS = 90_000

export interface RegistryProcess {
  readonly url: string
  readonly dnsPort: number
  readonly pid: number
  readonly running: boolean
  start (): Promise<void>
  kill (): Promise<void>
  stop (): Promise<void>
}

/** @param folder for its data and configuration */
export function registryProcess ({ folder, port, dnsPort, onLine }: { folder: string, port: number, dnsPort: number, onLine?: (line: string) => void }): RegistryProcess {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'registry.json')
  writeFileSync(file, JSON.stringify({
    node_name: 'shop',
    bind_addr: '127.0.0.1',
    server: true,
    bootstrap: true,
    data_dir: join(folder, 'registry'),
    ports: { http: port, dns: dnsPort, grpc: -1, grpc_tls: -1 },
    ui_config: { enabled: true },
    log_level: 'warn',
  }))
  const url = `http://127.0.0.1:${port}`
  let child: Child | undefined

  return {
    url,
    dnsPort,
    get pid () { return child?.pid ?? 0 },
    get running () { return child?.running ?? false },
    async start () {
      if (child?.running) return
      let last = ''
      child = startChild({
        args: ['--max-semi-space-size=2', '--import', WITH_PARENT, ROSTER, 'agent', '-config-file', file],
        cwd: folder,
        env: {},
        onLine: line => {
          last = line
          // The banner says what everybody knows; warnings have a level.
          if (/\[(WARN|ERROR)\]/.test(line)) onLine?.(line)
        },
      })
      const until = Date.now() + START_MS
      while (true) {
        if (!child.running) throw new Error(`The registry ended: ${last}`)
        const ready = await fetch(`${url}/v1/status/leader`, { signal: AbortSignal.timeout(2000) }).then(async answer => answer.ok && (await answer.text()).length > 4, () => false)
        if (ready) return
        if (Date.now() > until) throw new Error(`The registry did not answer within ${START_MS} ms: ${last}`)
        await pause(50)
      }
    },
    kill: async () => { await child?.kill() },
    stop: async () => { await child?.stop('SIGTERM', 5000) },
  }
}

// Guests: services in other languages, beside a sidecar each. They know nothing of the registry; the sidecar does.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { startChild } from './child.js'
import type { Child } from './child.js'
import type { Shop } from './shop.js'

const SIDECAR = fileURLToPath(new URL('../../../sidecar/bin/roster-sidecar.js', import.meta.url))
const WITH_PARENT = new URL('../../dist/launcher/with-parent.js', import.meta.url).href
const PROGRAM = fileURLToPath(new URL('../../guests/delivery/app.py', import.meta.url))
/** Until it is registered and passing, ms. */
const READY_MS = 20_000

export interface Guest {
  readonly name: string
  /** @throws Error that says why it is left out */
  start (): Promise<void>
  /** Of the sidecar and of what runs beside it. */
  pids (): readonly number[]
  stop (): Promise<void>
}

/** A Python that runs, by its real path: a shim of a version manager would be a process more. */
export function python (): string | undefined {
  const { status, stdout } = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** Why the guest cannot run here; `undefined` when it can. */
export function whyNoGuest (): string | undefined {
  if (!existsSync(SIDECAR)) return 'there is no sidecar in this build'
  return python() === undefined ? 'there is no Python here' : undefined
}

export function guests (shop: Shop, say: (line: string) => void): readonly Guest[] {
  let child: Child | undefined
  return [{
    name: 'delivery',
    async start () {
      const why = whyNoGuest()
      if (why !== undefined) throw new Error(`delivery, the guest in Python, is left out: ${why}`)
      child = startChild({
        args: [
          '--max-old-space-size=64', '--max-semi-space-size=1', '--import', WITH_PARENT, SIDECAR,
          '--service', 'delivery', '--port', '0', '--outbound', '0', '--admin', '0', '--upstream', 'inventory:0', '--health-path', '/health',
          '--meta', 'owner=team-trucks', '--meta', 'version=1.0.0', '--meta', 'label=delivery-1', '--log-level', 'warn', '--', python()!, '-u', PROGRAM,
        ],
        cwd: shop.folder,
        env: { ROSTER_HTTP_ADDR: shop.registry.url },
        onLine: line => say(`delivery: ${line}`),
      })
      const delivery = shop.roster.service('delivery')
      const until = Date.now() + READY_MS
      while (!delivery.snapshot().instances.some(({ health }) => health === 'passing')) {
        if (!child.running) throw new Error(`delivery ended (${await child.ended})`)
        if (Date.now() > until) throw new Error(`delivery was not passing within ${READY_MS} ms`)
        await pause(50)
      }
    },
    pids: () => child?.running ? [child.pid, ...childrenOf(child.pid)] : [],
    stop: async () => { await child?.stop('SIGTERM', 5000) },
  }]
}

function childrenOf (pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  return (stdout ?? '').split('\n').map(Number).filter(number => number > 0)
}

// Load through a sidecar while everything around it comes and goes: instances start, drain and die, the registry is killed and started again. What must hold: no idempotent request fails, and the sidecar
// grows neither in memory nor in descriptors.
import { Agent, createServer, request } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient, isClosed } from '@roster/client'
import type { Registration, RosterClient } from '@roster/client'
import type { Test } from 'tap'
import { folder, registry, sidecarProcess } from './processes.js'
import { until } from './until.js'

export interface ChurnOptions {
  readonly ms: number
  /** Requests on their way at once. */
  readonly parallel: number
  /** Between two events, ms. */
  readonly everyMs: number
  /** Kill and start of the registry, ms after the beginning and again after as long. */
  readonly registryEveryMs: number
}

export interface ChurnResult {
  readonly requests: number
  readonly failures: readonly string[]
  readonly events: Readonly<Record<string, number>>
  /** Of the sidecar, after a quarter of the time and at the end. */
  readonly descriptors: readonly [early: number, late: number]
  readonly megabytes: readonly [early: number, late: number]
}

interface Member { readonly roster: RosterClient, readonly server: Server, readonly registration: Registration }

export async function churn (t: Test, { ms, parallel, everyMs, registryEveryMs }: ChurnOptions): Promise<ChurnResult> {
  const { url, kill, start } = await registry(t, { dataDir: folder(t) })
  const members = new Set<Member>()
  const events: Record<string, number> = { started: 0, drained: 0, killed: 0, registry: 0 }
  let seed = 7
  const random = (): number => { seed = (seed * 1103515245 + 12345) & 0x7fffffff; return seed / 0x7fffffff }

  const join = async (): Promise<void> => {
    const server = createServer((_q, s) => { setTimeout(() => s.end('ok'), random() * 5) }).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const roster = createClient({ address: url, cacheDir: false, onWarning: () => {} })
    const { port } = server.address() as AddressInfo
    const registration = await roster.register({ name: 'busy', id: `busy-${port}`, server, signals: false, ttl: '2s', deregisterAfter: '3s', timeout: 1000, drain: { pauseMs: 300, acknowledgeMs: 1000 } })
    members.add({ roster, server, registration })
    events['started']!++
  }
  const leave = async (member: Member, politely: boolean): Promise<void> => {
    members.delete(member)
    events[politely ? 'drained' : 'killed']!++
    if (politely) await member.registration.drain()
    else {
      member.server.closeAllConnections()
      member.server.close()
    }
    await member.roster.close()
  }
  t.teardown(() => Promise.all([...members].map(member => leave(member, false))))
  for (let i = 0; i < 4; i++) await join()

  const { at, child } = await sidecarProcess(t, url, ['--upstream', 'busy:0'])
  const agent = new Agent({ keepAlive: true, maxSockets: parallel })
  t.teardown(() => { agent.destroy() })
  const target = new URL(at['upstream busy']!)
  const get = (): Promise<string | undefined> => new Promise(resolve => {
    request({ host: target.hostname, port: target.port, path: '/', agent }, response => {
      let body = ''
      response.on('data', data => { body += String(data) }).on('error', (error: Error) => resolve(error.message))
      response.on('end', () => resolve(response.statusCode === 200 ? undefined : `${response.statusCode} ${String(response.headers['x-roster-reason'])} ${body.trim()}`))
    }).on('error', error => resolve(error.message)).end()
  })
  await until('it is reached', async () => await get() === undefined)

  const failures: string[] = []
  let requests = 0
  const end = performance.now() + ms
  const over = (): boolean => performance.now() >= end
  const load = Array.from({ length: parallel }, async () => {
    while (!over()) {
      const failure = await get()
      requests++
      if (failure !== undefined) failures.push(failure)
    }
  })
  const measure = () => ({ fds: readdirSync(`/proc/${child.pid}/fd`).length, mb: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) / 1024 })
  let early = measure()
  const events_ = (async () => {
    let registryAt = performance.now() + registryEveryMs
    let measured = false
    while (!over()) {
      await pause(everyMs)
      if (!measured && performance.now() >= end - ms * 0.75) { early = measure(); measured = true }
      if (performance.now() >= registryAt) {
        await kill()
        await pause(300)
        await start()
        events['registry']!++
        registryAt = performance.now() + registryEveryMs
        continue
      }
      // Another client of this process may be closing just now, over which this one would register.
      if (members.size < 3 || (members.size < 6 && random() < 0.5)) await join().catch((error: unknown) => { if (!isClosed(error)) throw error })
      else void leave([...members][Math.floor(random() * members.size)]!, random() < 0.7)
    }
  })()
  await Promise.all([...load, events_])
  const late = measure()
  return { requests, failures, events, descriptors: [early.fds, late.fds], megabytes: [early.mb, late.mb] }
}

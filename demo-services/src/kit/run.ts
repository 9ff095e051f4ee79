// Runs one service: store, client, HTTP door, registration, and all of it backwards at the end. The only address it is told is the registry's.

import { join } from 'node:path'
import { createClient } from '@roster/client'
import type { Registration, RosterClient } from '@roster/client'
import { pino } from 'pino'
import { caller } from './dependencies.js'
import type { ServiceDefinition, Started } from './definition.js'
import { Faults } from './faults.js'
import { createHttp, plainHttp } from './http.js'
import type { Http } from './http.js'
import { addOps } from './ops.js'
import { defaultUrl, openStore } from './store/store.js'
import type { Store } from './store/store.js'
import { startTracing } from './tracing.js'

export interface RunOptions {
  /** Default: `<name>-<port>`. */
  readonly label?: string | undefined
  /** Where this service itself listens; 0, the default, asks the system. */
  readonly port?: number | undefined
  readonly host?: string | undefined
  /** Default: the definition's. */
  readonly version?: string | undefined
  /** Share of the calls. Default 1. */
  readonly weight?: number | undefined
  readonly env?: NodeJS.ProcessEnv
  /** Where data and the last known lists lie. Default: the working directory. */
  readonly folder?: string
}

export interface RunningService {
  readonly name: string
  readonly label: string
  readonly port: number
  readonly roster: RosterClient
  readonly me: Registration
  /** Leaves without a failed call. Idempotent, never rejects. */
  stop (): Promise<void>
}

/** Longest silence of a process before nobody is sent there any more. Short: a shop notices a dead instance within two seconds. */
const TTL = '2s'

export async function runService (definition: ServiceDefinition, options: RunOptions = {}): Promise<RunningService> {
  const { name } = definition
  const { host = '127.0.0.1', version = definition.version, env = process.env, folder = '.' } = options
  const label = options.label ?? `${name}-${process.pid}`
  const log = pino({ name: label, level: env['LOG_LEVEL'] ?? 'warn' })
  const tracing = await startTracing(name, label, version, env)
  const faults = new Faults(definition.faults)
  const ends: Array<() => unknown> = [() => tracing.close()]
  const end = async (): Promise<void> => {
    for (const step of ends.reverse()) await Promise.resolve().then(step).catch((err: unknown) => log.warn({ err }, 'an end failed'))
    ends.length = 0
  }
  try {
    const store = definition.keeps ? await openStore(name, env['DATABASE_URL'] ?? defaultUrl(name, folder)) : undefined
    ends.push(() => store?.close())
    const roster = createClient({ tracing: tracing.api, cacheDir: join(folder, 'cache', label), onWarning: message => log.warn(message) }, { env })
    ends.push(() => roster.close())
    const counts = { answered: 0, failed: 0 }
    const http = createHttp({ label, tracer: tracing.tracer, faults, log, counts })
    ends.push(() => http.close())
    const callers = new Map(Object.entries(definition.deps).filter(([, { protocol }]) => protocol === 'http').map(([to, dependency]) => [to, caller(roster, to, dependency)]))
    const to = (service: string) => {
      const found = callers.get(service)
      if (found === undefined) throw new Error(`${name} calls ${service}, which its deps.ts does not have`)
      return found
    }
    const ops = plainHttp(log)
    ends.push(() => ops.close())
    addOps(ops, { definition, label, version, faults, roster, counts })
    // Where spans are drawn. Whether somebody offers it changes nothing here.
    const page = caller(roster, 'operator', { kind: 'soft', protocol: 'http', why: 'traces', budgetMs: 1500, fallback: 'spans are dropped', policy: { retry: false } })
    if (name !== 'operator') tracing.sendTo(async spans => { await page.call('POST', '/spans', { body: { spans } }) })
    const started: Started = await definition.start({ http, roster, store: store as Store, faults, log, tracer: tracing.tracer, label, host, port: options.port ?? 0, to, env }) ?? {}
    ends.push(() => started.close?.())
    const opsPort = await listen(ops, host, 0)
    const { port, server } = started.offer ?? { port: await listen(http, host, options.port ?? 0), server: http.server }
    const me = await roster.register({
      name,
      port,
      server,
      meta: { owner: definition.owner, version, label, ops: String(opsPort) },
      ttl: TTL,
      deregisterAfter: '30s',
      signals: false,
      ...options.weight !== undefined && { weights: { passing: options.weight } },
    })
    ends.push(() => me.drain())
    started.begin?.()
    log.info({ port }, 'ready')
    let stopping: Promise<void> | undefined
    return { name, label, port, roster, me, stop: () => stopping ??= end() }
  } catch (error) {
    await end()
    throw error
  }
}

async function listen (http: Http, host: string, port: number): Promise<number> {
  await http.listen({ host, port })
  return (http.server.address() as { port: number }).port
}

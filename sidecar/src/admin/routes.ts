// What the admin port answers, as a list: a new page is a line here and a function.

import type { SidecarConfig } from '../config/load-config.js'
import { optionNames } from '../config/options.js'
import type { Readiness } from '../lifecycle/readiness.js'
import { LOG_LEVELS } from '../telemetry/log.js'
import type { Log, LogLevel } from '../telemetry/log.js'
import { VERSION } from '../version.js'

/** What the pages read of a running sidecar. */
export interface AdminParts {
  readonly config: SidecarConfig
  readonly log: Log
  readonly readiness: () => Readiness
  readonly listeners: () => Readonly<Record<string, string>>
  readonly policy: () => unknown
  readonly endpoints: () => unknown
  readonly explain: (service: string, question: { readonly method: string, readonly path: string }) => Promise<unknown>
  readonly metrics: () => Promise<{ readonly text: string, readonly contentType: string }>
  /** Begins a drain; the process ends after it. */
  readonly drain: () => void
  readonly reloadPolicy: () => Promise<unknown>
}

export interface AdminAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text as it is; anything else becomes JSON. */
  readonly body: unknown
}

interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly help: string
  readonly handle: (parts: AdminParts, query: URLSearchParams) => AdminAnswer | Promise<AdminAnswer>
}

const ok = (body: unknown): AdminAnswer => ({ status: 200, body })

export const routes: readonly AdminRoute[] = [
  { method: 'GET', path: '/', help: 'These pages', handle: () => ok({ name: 'roster-sidecar', version: VERSION, pages: routes.map(({ method, path, help }) => ({ method, path, help })) }) },
  { method: 'GET', path: '/live', help: '200 as long as the process runs', handle: () => ok({ live: true }) },
  { method: 'GET', path: '/ready', help: '200 when calls may come, else 503 with the reasons', handle: ({ readiness }) => { const found = readiness(); return { status: found.ready ? 200 : 503, body: found } } },
  { method: 'GET', path: '/metrics', help: 'Prometheus metrics', handle: async ({ metrics }) => { const { text, contentType } = await metrics(); return { status: 200, headers: { 'content-type': contentType }, body: text } } },
  { method: 'GET', path: '/endpoints', help: 'Every upstream with its instances: age, revision, weights, loads, who was put aside', handle: ({ endpoints }) => ok(endpoints()) },
  { method: 'GET', path: '/config', help: 'Settings and policy in force', handle: ({ config, policy, listeners }) => ok({ version: VERSION, settings: settingsOf(config), listeners: listeners(), policy: policy() ?? null }) },
  { method: 'GET', path: '/explain', help: '?service=NAME[&method=GET&path=/]: where a call would go now, and why; what became of the last ones', handle: explain },
  { method: 'POST', path: '/drain', help: 'Drain and end, as at SIGTERM', handle: ({ drain }) => { drain(); return { status: 202, body: { draining: true } } } },
  { method: 'POST', path: '/reload', help: 'Read the policy file now', handle: reload },
  { method: 'GET', path: '/log-level', help: 'Lowest level that is logged', handle: ({ log }) => ok({ level: log.level }) },
  { method: 'PUT', path: '/log-level', help: `?level=${LOG_LEVELS.join('|')}`, handle: setLogLevel },
]

/** What somebody gave is told apart from what is so by default. Settings hold no secrets, only names of files. */
const settingsOf = (config: SidecarConfig): Record<string, unknown> => ({
  command: config.command,
  ...Object.fromEntries(optionNames.map(name => [name, { value: config[name] ?? null, given: config.given.has(name) }])),
})

async function explain ({ explain }: AdminParts, query: URLSearchParams): Promise<AdminAnswer> {
  const service = query.get('service')
  if (service === null || service === '') return { status: 400, body: { error: 'which service? /explain?service=NAME' } }
  const found = await explain(service, { method: (query.get('method') ?? 'GET').toUpperCase(), path: query.get('path') ?? '/' })
  return found === undefined ? { status: 404, body: { error: `nothing is known of ${service}: it has not been called, and no flag names it` } } : ok(found)
}

async function reload ({ reloadPolicy, config }: AdminParts): Promise<AdminAnswer> {
  if (config.policy === undefined) return { status: 409, body: { error: 'there is no policy file; start with --policy FILE' } }
  try { return ok({ policy: await reloadPolicy() }) } catch (error) { return { status: 422, body: { error: (error as Error).message } } }
}

function setLogLevel ({ log }: AdminParts, query: URLSearchParams): AdminAnswer {
  const level = query.get('level') as LogLevel | null
  if (level === null || !LOG_LEVELS.includes(level)) return { status: 400, body: { error: `level must be one of ${LOG_LEVELS.join(', ')}` } }
  log.level = level
  return ok({ level })
}

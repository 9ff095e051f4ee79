// A watch of the configuration files as its settings say it: what is watched and what is done with each answer. Pure. What can be watched is the same as for
// `roster watch` (../cli/watch-types.ts), what runs it is keeper.ts.

import { Failure } from '../cli/failure.js'
import { watched } from '../cli/watch-types.js'
import { DurationError, MILLISECOND_NS, parseDuration } from '../http/decode/duration.js'
import type { ParamName, Watched } from '../cli/watch-types.js'

export interface ScriptHandler {
  readonly kind: 'script'
  /** Program and arguments; one line for the shell when `shell` is set. */
  readonly args: readonly string[]
  readonly shell: boolean
}

export interface HttpHandler {
  readonly kind: 'http'
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly timeoutMs: number
  readonly skipVerify: boolean
}

export interface ConfiguredWatch {
  readonly type: string
  readonly subject: Watched
  readonly handler: ScriptHandler | HttpHandler
  /** Instead of that of the agent. */
  readonly token: string
  readonly datacenter: string
}

/** A watch that cannot be: the message is what the agent ends with. */
export class WatchError extends Error {}

export type WatchSettings = Readonly<Record<string, unknown>>

const PARAMS: readonly ParamName[] = ['key', 'prefix', 'service', 'tag', 'passingonly', 'state', 'name', 'filter']
const OTHERS: ReadonlySet<string> = new Set<string>(['type', 'handler_type', 'handler', 'args', 'http_handler_config', 'token', 'datacenter', ...PARAMS])
const AGENT_ONLY: readonly string[] = ['connect_roots', 'connect_leaf', 'agent_service']
const HANDLER_TIMEOUT_MS = 10_000

/** @throws WatchError in the words that users of the compatible agent know */
export function readWatch (settings: WatchSettings): ConfiguredWatch {
  const kind = settings['handler_type'] ?? 'script'
  if (kind !== 'script' && kind !== 'http') throw new WatchError(`Handler type '${String(kind)}' not recognized`)
  const { handler, args } = settings
  const type = textOf(settings, 'type')
  if (AGENT_ONLY.includes(type)) throw new WatchError(`Watch type ${type} is not allowed in agent config`)
  const failed = (why: string): never => { throw new WatchError(`Failed to parse watch (${JSON.stringify(settings)}): ${why}`) }
  if (type === '') failed('Watch type must be specified')
  const unknown = Object.keys(settings).filter(name => !OTHERS.has(name)).sort()
  if (unknown.length > 0) failed(`Invalid parameters: [${unknown.join(' ')}]`)
  let subject: Watched
  try {
    subject = watched(type, paramsOf(settings), PARAMS.filter(name => settings[name] !== undefined))
  } catch (error) {
    if (error instanceof Failure || error instanceof WatchError) return failed(error.message)
    throw error
  }
  const common = { type, subject, token: textOf(settings, 'token'), datacenter: textOf(settings, 'datacenter') }
  if (kind === 'http') {
    const config = blockOf(settings['http_handler_config'])
    if (config === undefined) return failed("Handler type 'http' requires 'http_handler_config' to be set")
    if (handler !== undefined || args !== undefined) throw new WatchError('Only one watch handler allowed')
    return { ...common, handler: httpHandler(config, why => failed(`Failed to parse 'http_handler_config': ${why}`)) }
  }
  if (handler !== undefined && typeof handler !== 'string') throw new WatchError('Watch handler must be a string')
  if (handler !== undefined && args !== undefined) throw new WatchError('Only one watch handler allowed')
  if (handler !== undefined) return { ...common, handler: { kind, args: [handler], shell: true } }
  if (args === undefined) throw new WatchError('Must define a watch handler')
  if (!isTexts(args) || args.length === 0) throw new WatchError('Watch args must be a list of strings')
  return { ...common, handler: { kind, args, shell: false } }
}

function httpHandler (config: WatchSettings, failed: (why: string) => never): HttpHandler {
  const path = textOf(config, 'path')
  if (path === '') return failed("Requires 'path' to be set")
  const url = URL.canParse(path) ? new URL(path) : failed(`no such address: ${path}`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return failed(`no such address: ${path}`)
  const headers: Record<string, readonly string[]> = {}
  for (const [name, value] of Object.entries(blockOf(config['header']) ?? {})) headers[name] = isTexts(value) ? value : typeof value === 'string' ? [value] : failed(`header ${name} must be a list of strings`)
  const timeout = textOf(config, 'timeout')
  try {
    return { kind: 'http', url, method: textOf(config, 'method').toUpperCase() || 'POST', headers, timeoutMs: timeout === '' ? HANDLER_TIMEOUT_MS : parseDuration(timeout) / MILLISECOND_NS, skipVerify: config['tls_skip_verify'] === true }
  } catch (error) {
    if (error instanceof DurationError) return failed(`Failed to parse timeout: ${error.message}`)
    throw error
  }
}

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(item => typeof item === 'string')

/** Blocks come as themselves, or (HCL) as a list of one. */
function blockOf (value: unknown): WatchSettings | undefined {
  const one: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  return typeof one === 'object' && one !== null && !Array.isArray(one) ? one as WatchSettings : undefined
}

function textOf (settings: WatchSettings, name: string): string {
  const value = settings[name] ?? ''
  if (typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') throw new WatchError(`Expecting ${name} to be a string`)
  return value
}

function paramsOf (settings: WatchSettings): Parameters<typeof watched>[1] {
  const tag = settings['tag'] ?? []
  if (typeof tag !== 'string' && !isTexts(tag)) throw new WatchError('Expecting tag to be a string or a list of strings')
  const text = (name: ParamName): string => textOf(settings, name)
  return { key: text('key'), prefix: text('prefix'), service: text('service'), tag: typeof tag === 'string' ? [tag] : tag, passingonly: text('passingonly'), state: text('state'), name: text('name'), filter: text('filter') }
}

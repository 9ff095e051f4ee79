// From layers (a route, its service, the file's defaults, the built-in ones) to one policy with nothing left open. Done once a change of the policy, never once a call.

import { DEFAULT_ATTEMPT_TIMEOUT, DEFAULT_BREAKER, DEFAULT_RETRY } from './policy.js'
import type { CallPolicy, CompleteCallPolicy, CompleteRetry, PolicyFile, RouteMatch, ServicePolicy } from './policy.js'

/** One route, ready to use. `states` says which parts are the service's own, so that a route that changes one number does not get a budget or a breaker of its own by accident. */
export interface ResolvedRoute {
  readonly matches: (method: string, path: string) => boolean
  readonly policy: CompleteCallPolicy
}

export interface ResolvedPolicy extends ResolvedRoute {
  readonly service: Omit<ServicePolicy, keyof CallPolicy | 'routes'>
  readonly routes: readonly ResolvedRoute[]
}

/** The layers of a service, most particular first: what code says, what the file says of the service, what config entries say, the file's defaults. */
export const policyLayers = (service: string, code: ServicePolicy | undefined, file: PolicyFile | undefined, entry?: ServicePolicy): readonly ServicePolicy[] =>
  [code, file?.services !== undefined && Object.hasOwn(file.services, service) ? file.services[service] : undefined, entry, file?.defaults].filter(layer => layer !== undefined)

/**
 * A field comes from the first layer that has it; `retry`, `attemptTimeout`, `breaker` and `balance` field by field, until a layer says `false`.
 * @example resolvePolicy([{ retry: { attempts: 5 } }, { retry: { statuses: [503] } }]).policy.retry: 5 attempts, on 503 only
 */
export function resolvePolicy (layers: readonly ServicePolicy[]): ResolvedPolicy {
  const policy = complete(layers)
  const service = {
    balance: Object.assign({}, ...layers.map(({ balance }) => balance).reverse()) as NonNullable<ServicePolicy['balance']>,
    ...given('hashHeader', first(layers, 'hashHeader')?.toLowerCase()),
    ...given('connections', first(layers, 'connections')),
  }
  const routes = layers.flatMap(({ routes = [] }) => routes).map(route => ({ matches: matcher(route.match), policy: complete([route, ...layers]) }))
  return { matches: () => true, policy, service, routes }
}

/** The first route that matches, else the service itself. */
export const routePolicy = ({ routes, policy }: ResolvedPolicy, method: string, path: string): CompleteCallPolicy =>
  routes.length === 0 ? policy : routes.find(route => route.matches(method, path))?.policy ?? policy

function complete (layers: readonly CallPolicy[]): CompleteCallPolicy {
  return {
    timeoutMs: first(layers, 'timeoutMs') ?? false,
    attemptTimeout: section(layers.map(({ attemptTimeout }) => attemptTimeout), DEFAULT_ATTEMPT_TIMEOUT, true),
    retry: retry(layers),
    breaker: section(layers.map(({ breaker }) => breaker), DEFAULT_BREAKER, false),
    concurrency: first(layers, 'concurrency') ?? false,
    fault: first(layers, 'fault') ?? false,
    long: first(layers, 'long') ?? false,
  }
}

function retry (layers: readonly CallPolicy[]): CompleteRetry | false {
  const all = layers.map(({ retry }) => retry).filter(part => part !== undefined)
  const until = all.indexOf(false)
  if (until === 0) return false
  const parts = (until < 0 ? all : all.slice(0, until)).filter(part => part !== false)
  const { methods, ...flat } = section(parts.map(({ budget, backoff, ...rest }) => rest), DEFAULT_RETRY, true) || DEFAULT_RETRY
  return {
    ...flat,
    methods: methods.map(method => method.toUpperCase()),
    budget: section(parts.map(({ budget }) => budget), DEFAULT_RETRY.budget, true) || DEFAULT_RETRY.budget,
    backoff: section(parts.map(({ backoff }) => backoff), DEFAULT_RETRY.backoff, true) || DEFAULT_RETRY.backoff,
  }
}

/** @param on whether a part that nobody mentions is on */
function section<T extends object> (layers: ReadonlyArray<Partial<T> | false | undefined>, defaults: T, on: boolean): T | false {
  const said = layers.filter(layer => layer !== undefined)
  if (said.length === 0) return on && defaults
  if (said[0] === false) return false
  // A `false` further down ends what stands below it; the built-in defaults fill the rest.
  const until = said.indexOf(false)
  const parts = (until < 0 ? said : said.slice(0, until)) as ReadonlyArray<Partial<T>>
  const merged: T = { ...defaults }
  for (const part of [...parts].reverse()) for (const key in part) if (part[key] !== undefined) merged[key] = part[key] as T[typeof key]
  return merged
}

const first = <L extends object, K extends keyof L>(layers: readonly L[], key: K): L[K] | undefined => layers.find(layer => layer[key] !== undefined)?.[key]
const given = <K extends string, V>(key: K, value: V | undefined) => (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V }

/** @example matcher({ path: '/charges/*' })('GET', '/charges/42?full') === true */
export function matcher ({ method, path }: RouteMatch): (method: string, path: string) => boolean {
  const methods = method === undefined ? undefined : new Set((typeof method === 'string' ? [method] : method).map(name => name.toUpperCase()))
  const pattern = path === undefined ? undefined : new RegExp(`^${path.split('/').map(part => part === '**' ? '.*' : part.split('*').map(escape).join('[^/]*')).join('/').replace(/\/\.\*$/, '(?:/.*)?')}$`)
  return (name, target) => {
    if (methods !== undefined && !methods.has(name)) return false
    if (pattern === undefined) return true
    const end = target.search(/[?#]/)
    return pattern.test(end < 0 ? target : target.slice(0, end))
  }
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

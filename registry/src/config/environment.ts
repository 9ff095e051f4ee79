// Settings from the environment: each flag of the agent as `ROSTER_<FLAG>` (`-http-port` is ROSTER_HTTP_PORT), else `CONSUL_<FLAG>`; and
// `ROSTER_LOCAL_CONFIG`, a whole file in a variable. They count over files and below flags.

import { FlagError, parseFlags, type Flag } from '../cli/flags.js'
import { ConfigError } from './config-error.js'
import { agentFlags, type AgentFlagName } from './agent-flags.js'

export type Environment = Readonly<Record<string, string | undefined>>

export interface FromEnvironment {
  readonly values: Readonly<Record<string, unknown>>
  readonly given: ReadonlySet<string>
  /** The variable that each flag was read from. */
  readonly variables: ReadonlyMap<string, string>
  /** Text of ROSTER_LOCAL_CONFIG, JSON or HCL. */
  readonly localConfig: { readonly name: string, readonly text: string } | undefined
}

const PREFIXES = ['ROSTER_', 'CONSUL_'] as const

/** Short names, which others give to variables of their own (`CONSUL_SERVER`, `CONSUL_NODE`): these are read with our prefix alone. */
const OWN_PREFIX_ONLY: ReadonlySet<AgentFlagName> = new Set(['dev', 'server', 'join', 'ui', 'node', 'bind', 'client', 'hcl'])

/** @throws ConfigError for a value that is none */
export function readEnvironment (env: Environment): FromEnvironment {
  const args: string[] = []
  const named = new Map<string, string>()
  for (const flag of agentFlags as readonly Flag[]) {
    if (flag.hidden === true) continue
    const found = lookUp(env, flag)
    if (found === undefined) continue
    named.set(flag.name, found.name)
    const gathers = flag.kind === 'list' || flag.kind === 'map'
    // In a variable, a list stands apart by commas; a piece of HCL is whole.
    for (const value of gathers && flag.name !== 'hcl' ? found.value.split(',').map(part => part.trim()) : [found.value]) args.push(`-${flag.name}=${value}`)
  }
  const local = PREFIXES.map(prefix => `${prefix}LOCAL_CONFIG`).find(name => (env[name] ?? '') !== '')
  try {
    const { values, given } = parseFlags(agentFlags, args)
    return { values, given, variables: named, localConfig: local === undefined ? undefined : { name: local, text: env[local]! } }
  } catch (error) {
    if (!(error instanceof FlagError)) throw error
    throw new ConfigError(error.message.replace(/for (?:flag )?-([\w-]+)/, (_, flag: string) => `for ${named.get(flag) ?? flag}`))
  }
}

function lookUp (env: Environment, flag: Flag): { readonly name: string, readonly value: string } | undefined {
  const suffix = flag.name.toUpperCase().replaceAll('-', '_')
  for (const prefix of PREFIXES) {
    if (prefix === 'CONSUL_' && OWN_PREFIX_ONLY.has(flag.name as AgentFlagName)) continue
    const value = env[prefix + suffix]
    // Orchestrators set NAME_PORT=tcp://10.0.0.1:8500 for a service of that name; that is no port of ours.
    if (value === undefined || value === '' || (flag.kind === 'port' && value.includes('://'))) continue
    return { name: prefix + suffix, value }
  }
  return undefined
}

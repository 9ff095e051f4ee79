// From the command line, the environment and files to the one RuntimeConfig. Everything that can be wrong with settings is said here, before a port is
// opened. `readConfig` only looks; `loadConfig` also makes the data directory and settles the node's ID.

import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { FlagError, parseFlags } from '../cli/flags.js'
import { agentFlags, flagFragments } from './agent-flags.js'
import { buildRuntime } from './build/runtime.js'
import { ConfigError } from './config-error.js'
import { Context, type Reader } from './context.js'
import { defaults, devDefaults } from './defaults.js'
import { readEnvironment, type Environment, type FromEnvironment } from './environment.js'
import { freeze } from './freeze.js'
import { failure, isAbsent, systemFs, systemInterfaces, type ConfigFs } from './fs.js'
import { agentKeys, type AgentFragment } from './keys/agent.js'
import { merge } from './merge.js'
import { settleNodeId, settleServerId } from './node-id.js'
import { firstBreach, lastBreach, type Breach, type Judged } from './rules.js'
import { readSource, sourcesAt, type Format, type Source } from './sources.js'
import { settingWarnings } from './warnings.js'
import type { InterfaceAddress } from './build/address-template.js'
import type { RuntimeConfig } from './runtime-config.js'

export interface LoadOptions {
  /** The words after `agent`. */
  readonly args: readonly string[]
  readonly env: Environment
  /** Relative paths start here. */
  readonly cwd: string
  readonly fs?: ConfigFs
  readonly interfaces?: () => readonly InterfaceAddress[]
  readonly hostname?: () => string
}

/**
 * The settings to run on, frozen. Makes the data directory and the file `node-id` in it where they are missing.
 * @throws ConfigError whose `stderr` is what to print before ending with code 1; HelpWanted for `-h`
 */
export function loadConfig (options: LoadOptions): RuntimeConfig {
  const { config, settings } = judge(options)
  const id = settleNodeId({
    configured: config.node.id,
    dataDir: config.dev && config.dataDir === undefined ? undefined : config.dataDir,
    fromHost: !settings.get('disable_host_node_id', true),
  })
  const serverId = config.engine !== 'etcd' || config.cluster.serverId !== '' ? config.cluster.serverId : settleServerId((options.hostname ?? hostname)(), config.dataDir)
  return freeze({ ...config, node: { ...config.node, id }, cluster: { ...config.cluster, serverId } })
}

/**
 * The same without touching anything: for a reload, and for `roster validate`. The node's ID is '' unless the settings have it.
 * @throws ConfigError, HelpWanted
 */
export const readConfig = (options: LoadOptions): RuntimeConfig => freeze(judge(options).config)

interface Settings { readonly config: RuntimeConfig, readonly settings: Reader<AgentFragment> }

function judge (options: LoadOptions): Settings {
  const { env, cwd, fs = systemFs, interfaces = systemInterfaces } = options
  const context = new Context()
  const { values, given, words } = flagsOf(options.args)
  if (words.length > 0) throw new ConfigError(`Unexpected extra arguments: [${words.join(' ')}]`)
  const variables = readEnvironment(env)
  const format = formatOf(values['config-format'] ?? variables.values['config-format'] as string | undefined)
  const dev = given.has('dev') ? values.dev === true : variables.values['dev'] === true
  const sources = fileSources(values, variables, format, fs, cwd, context)
  const flags = flagFragments(values, given)
  const fromEnv = flagFragments(variables.values, variables.given, (block, key, flag) => context.places.note(block, key, variables.variables.get(flag)))
  for (const [old, now] of [['join', 'retry-join'], ['join-wan', 'retry-join-wan']] as const) {
    if (given.has(old)) context.warn(`The flag '-${old}' is deprecated. Use the '-${now}' flag instead.`)
  }
  const pieces = [...variables.values['hcl'] as readonly string[], ...values.hcl].map((text, i): Source => ({ name: `flags-${i}.hcl`, format: 'hcl', text }))
  const fragment = merge(agentKeys, [
    flags.lists,
    ...sources.map(source => readSource(source, context)),
    fromEnv.lists,
    fromEnv.values,
    flags.values,
    ...pieces.map(piece => readSource(piece, context)),
  ], context.places)

  const settings = context.reader(fragment, '')
  const config = buildRuntime(settings, dev ? devDefaults : defaults, {
    cwd, hostname: (options.hostname ?? hostname)(), machine: { interfaces }, sources: sources.map(source => source.name),
  })
  const judged: Judged = { config, settings, dataDir: look(settings, fs, cwd) }
  throwBreach(firstBreach(judged))
  context.throwProblems()
  throwBreach(lastBreach(judged))
  for (const warning of settingWarnings(config)) context.warn(warning)
  return { config: { ...config, warnings: context.warnings }, settings }
}

function throwBreach (breach: Breach | undefined): void {
  if (breach !== undefined) throw new ConfigError(breach.message, breach.at === undefined ? [] : [breach.at])
}

function flagsOf (args: readonly string[]): ReturnType<typeof parseFlags<typeof agentFlags>> {
  try {
    return parseFlags(agentFlags, args)
  } catch (error) {
    if (error instanceof FlagError) throw new ConfigError(error.lines, [], true)
    throw error
  }
}

function formatOf (text: string | undefined): Format | undefined {
  if (text === undefined || text === '') return undefined
  if (text !== 'json' && text !== 'hcl') throw new ConfigError("config: -config-format must be either 'hcl' or 'json'")
  return text
}

/** Files of the environment before those of the command line, the variable that is a file after both. */
function fileSources (values: { readonly 'config-file': readonly string[] }, variables: FromEnvironment, format: Format | undefined, fs: ConfigFs, cwd: string, context: Context): Source[] {
  const paths = [...variables.values['config-file'] as readonly string[], ...values['config-file']]
  const sources = paths.flatMap(path => sourcesAt(path, format, fs, cwd, context))
  const { localConfig } = variables
  if (localConfig !== undefined) sources.push({ ...localConfig, format: localConfig.text.trimStart().startsWith('{') ? 'json' : 'hcl' })
  return sources
}

function look (settings: Reader<AgentFragment>, fs: ConfigFs, cwd: string): Judged['dataDir'] {
  const given = settings.get('data_dir', '')
  if (given === '') return 'absent'
  try {
    return fs.kind(resolve(cwd, given)) === 'directory' ? 'directory' : 'other'
  } catch (error) {
    return isAbsent(error) ? 'absent' : new Error(failure('stat', given, error))
  }
}

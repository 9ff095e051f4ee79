// From flags, environment and file to one frozen configuration: flag > variable > file > default. What cannot be used ends the start with one line that names the place.

import { readFileSync } from 'node:fs'
import { configError, usageError } from '../errors.js'
import { flagOf, optionNames, options, variableOf } from './options.js'
import type { Option, OptionName, Settings } from './options.js'

export interface SidecarConfig extends Settings {
  /** Program and arguments of the child; empty: there is none. */
  readonly command: readonly string[]
  /** Settings that somebody gave; the others have their defaults. */
  readonly given: ReadonlySet<OptionName>
}

export interface ConfigSources {
  /** Without node and script. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readFile?: (path: string) => string
}

/** What was asked for instead of a start. */
export type Wish = 'help' | 'version'

interface Flags {
  readonly values: Map<OptionName, string[]>
  readonly config: string | undefined
  readonly command: readonly string[]
  readonly wish: Wish | undefined
}

const byFlag = new Map<string, OptionName>(optionNames.map(name => [flagOf(name), name]))
const CONFIG_VARIABLE = 'ROSTER_SIDECAR_CONFIG'

/**
 * @returns what was wished instead, or the configuration
 * @throws SidecarError with exit code 64 (flags, variables) or 78 (file)
 */
export function loadConfig ({ args, env, readFile = path => readFileSync(path, 'utf8') }: ConfigSources): Wish | SidecarConfig {
  const flags = readFlags(args)
  if (flags.wish !== undefined) return flags.wish
  const file = flags.config ?? (env[CONFIG_VARIABLE] || undefined)
  const fromFile = file === undefined ? undefined : readConfigFile(file, readFile)
  const given = new Set<OptionName>()
  const settings: Partial<Record<OptionName, unknown>> = {}
  for (const name of optionNames) {
    const found = valueOf(name, flags, env, fromFile)
    if (found !== undefined) given.add(name)
    const { many, default: fallback } = options[name] as Option
    settings[name] = found ?? (many === true ? [] : fallback)
  }
  const command = flags.command.length > 0 ? flags.command : fromFile?.command ?? []
  const config = Object.freeze({ ...settings as Settings, command, given })
  check(config)
  return config
}

// === flags ===

function readFlags (args: readonly string[]): Flags {
  const values = new Map<OptionName, string[]>()
  let config: string | undefined
  let wish: Wish | undefined
  let i = 0
  for (; i < args.length && args[i] !== '--'; i++) {
    const word = args[i]!
    if (word === '--help' || word === '-h') { wish = 'help'; continue }
    if (word === '--version') { wish = 'version'; continue }
    const equals = word.indexOf('=')
    const flag = equals < 0 ? word : word.slice(0, equals)
    const option = byFlag.get(flag)
    if (option === undefined && flag !== '--config') throw usageError(unknownFlag(word))
    const value = equals >= 0 ? word.slice(equals + 1) : args[++i]
    if (value === undefined || (equals < 0 && value === '--')) throw usageError(`${flag} needs a value`)
    if (option === undefined) { config = value; continue }
    const before = values.get(option)
    if (before !== undefined && (options[option] as Option).many !== true) throw usageError(`${flag} is given twice`)
    values.set(option, [...before ?? [], value])
  }
  const command = args.slice(i + 1)
  if (i < args.length && command.length === 0 && wish === undefined) throw usageError('there is no program after --')
  return { values, config, command, wish }
}

function unknownFlag (word: string): string {
  if (!word.startsWith('-')) return `${JSON.stringify(word)} is not a flag; the program to start comes after --`
  const flag = word.replace(/=.*$/s, '').replace(/^-(?=[^-])/, '--')
  const near = [...byFlag.keys()].find(known => known === flag || (flag.length > 4 && known.startsWith(flag)) || distance(known, flag) <= 2)
  return `there is no flag ${word.replace(/=.*$/s, '')}${near === undefined ? '; see --help' : `; is ${near} meant?`}`
}

/** Letters that differ, are missing or too many (Levenshtein). */
function distance (a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}

// === file ===

interface ConfigFile { readonly path: string, readonly values: Readonly<Record<string, unknown>>, readonly command: readonly string[] }

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function readConfigFile (path: string, readFile: (path: string) => string): ConfigFile {
  let source: string
  try { source = readFile(path) } catch (cause) { throw configError(`${path}: it cannot be read (${(cause as NodeJS.ErrnoException).code ?? (cause as Error).message})`, cause) }
  let values: unknown
  try { values = JSON.parse(source.replace(/^\uFEFF/, '')) } catch (cause) { throw configError(`${path}: it is no JSON (${(cause as Error).message.replace(/\s+/g, ' ')})`, cause) }
  if (!isObject(values)) throw configError(`${path}: it must hold an object`)
  const { command = [], $schema: _, ...rest } = values
  for (const key of Object.keys(rest)) if (!Object.hasOwn(options, key)) throw configError(`${path}: "${key}" is not known; known: ${['command', ...optionNames].join(', ')}`)
  if (!Array.isArray(command) || command.some(word => typeof word !== 'string' || word === '')) throw configError(`${path}: "command" must be a list of texts`)
  return { path, values: rest, command: command as string[] }
}

// === one setting ===

function valueOf (name: OptionName, flags: Flags, env: ConfigSources['env'], file: ConfigFile | undefined): unknown {
  const option = options[name] as Option
  const flag = flags.values.get(name)
  if (flag !== undefined) return read(option, option.many === true ? flag : flag[0], problem => usageError(`${flagOf(name)} ${problem}`))
  for (const variable of [variableOf(name), option.variable]) {
    // An empty variable is as if not given: that is how a shell unsets one for a child.
    const text = variable === undefined ? undefined : env[variable] || undefined
    if (text !== undefined) return read(option, option.many === true ? text.split(',').map(part => part.trim()).filter(part => part !== '') : text, problem => usageError(`${variable} ${problem}`))
  }
  const value = file?.values[name]
  if (value === undefined || value === null) return undefined
  const list = option.many === true && isObject(value) ? Object.entries(value).map(([key, one]) => `${key}=${String(one)}`) : value
  if (option.many === true && !Array.isArray(list)) throw configError(`${file!.path}: "${name}" must be a list`)
  return read(option, list, problem => configError(`${file!.path}: "${name}" ${problem}`))
}

function read (option: Option, value: unknown, fail: (problem: string) => Error): unknown {
  try { return option.many === true ? (value as unknown[]).map(one => option.kind.read(one)) : option.kind.read(value) } catch (error) { throw fail((error as Error).message) }
}

// === what no single setting can say ===

function check (config: SidecarConfig): void {
  const { service, port, command, upstream, tlsCert, tlsKey, upstreamCert, upstreamKey, outbound } = config
  if (service === undefined && port !== undefined) throw usageError('--port needs --service: under which name shall others find it?')
  if (service !== undefined && port === undefined) throw usageError('--service needs --port: where does the service listen?')
  if (port === 0 && command.length === 0) throw usageError('--port 0 needs a program to start: nobody else could be told the port')
  if (service === undefined && upstream.length === 0 && outbound === 'off') throw usageError('there is nothing to do: give --service and --port, --upstream or --outbound')
  if ((tlsCert === undefined) !== (tlsKey === undefined)) throw usageError('--tls-cert and --tls-key belong together')
  if ((upstreamCert === undefined) !== (upstreamKey === undefined)) throw usageError('--upstream-cert and --upstream-key belong together')
  const taken = new Map<number, string>()
  const listeners: ReadonlyArray<readonly [string, number | 'off' | undefined]> = [
    ['--port', port], ['--public-port', config.publicPort],
    ...config.given.has('outbound') ? [['--outbound', outbound] as const] : [],
    ...config.given.has('admin') ? [['--admin', config.admin] as const] : [],
    ...upstream.map(({ service: of, port: at }) => [`--upstream ${of}`, at] as const),
  ]
  for (const [flag, at] of listeners) {
    if (at === 'off' || at === undefined || at === 0) continue
    if (taken.has(at)) throw usageError(`${flag} and ${taken.get(at)!} cannot both have port ${at}`)
    taken.set(at, flag)
  }
}

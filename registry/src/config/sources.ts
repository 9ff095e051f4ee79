// Which files are read, in which order, and as what: `-config-file` and `-config-dir` in the order of the command line, a folder's files by name.

import { join, resolve } from 'node:path'
import { ConfigError } from './config-error.js'
import { decode } from './decode.js'
import { failure, type ConfigFs } from './fs.js'
import { agentKeys, type AgentFragment } from './keys/agent.js'
import { renameOldKeys } from './old-keys.js'
import { parseHcl } from './syntax/hcl.js'
import { parseJsonConfig } from './syntax/json.js'
import { ConfigSyntaxError, type Block } from './syntax/tree.js'
import { multiError, type Context } from './context.js'
import type { Table } from './keys/key.js'

export type Format = 'json' | 'hcl'

export interface Source {
  /** As given, for messages. */
  readonly name: string
  readonly format: Format
  readonly text: string
}

/**
 * The files behind a path: itself, or those of a folder (not below it) that end in `.json` or `.hcl`, by name.
 * @param format for all of them, whatever they are called
 * @throws ConfigError
 */
export function sourcesAt (path: string, format: Format | undefined, fs: ConfigFs, cwd: string, context: Context): Source[] {
  const absolute = resolve(cwd, path)
  let kind
  try {
    kind = fs.kind(absolute)
  } catch (error) {
    throw new ConfigError(`config: Open failed on ${path}. ${failure('open', path, error)}`)
  }
  if (kind === 'file') {
    const own = format ?? formatOf(path)
    if (own === undefined) throw new ConfigError(`file ${path} has unknown extension; must be .hcl or .json, or config format must be set`)
    return [{ name: path, format: own, text: read(fs, absolute, path) }]
  }
  const names = attempt(() => fs.list(absolute), error => `config: Readdir failed on ${path}. ${failure('open', path, error)}`)
  return [...names].sort().flatMap(name => {
    const below = join(path, name)
    const inside = resolve(cwd, below)
    if (attempt(() => fs.kind(inside), error => `config: Open failed on ${below}. ${failure('open', below, error)}`) === 'directory') return []
    const own = format ?? formatOf(name)
    if (own === undefined) {
      context.warn(`skipping file ${below}, extension must be .hcl or .json, or config format must be set`)
      return []
    }
    return [{ name: below, format: own, text: read(fs, inside, below) }]
  })
}

const formatOf = (name: string): Format | undefined => name.endsWith('.json') ? 'json' : name.endsWith('.hcl') ? 'hcl' : undefined

const read = (fs: ConfigFs, absolute: string, path: string): string => attempt(() => fs.read(absolute), error => `config: failed to read ${path}: ${failure('open', path, error)}`)

function attempt<T> (work: () => T, words: (error: unknown) => string): T {
  try {
    return work()
  } catch (error) {
    throw new ConfigError(words(error))
  }
}

/** A source as a fragment, old names replaced. @throws ConfigError with the words of the parser or the decoder */
export function readSource (source: Source, context: Context): AgentFragment {
  const fragment = renameOldKeys(decodeSource(source, agentKeys, context) as AgentFragment, context)
  // One definition is a list of one, so that each file may have its own.
  const { service, check, ...rest } = fragment
  const folded = { ...rest, ...service && { services: [...rest.services ?? [], service] }, ...check && { checks: [...rest.checks ?? [], check] } }
  for (const key of Object.keys(fragment)) {
    const at = context.places.of(fragment, key)
    if (at !== undefined) context.places.note(folded, key, at)
  }
  return folded
}

/** @throws ConfigError `failed to parse NAME: …` */
export function decodeSource (source: Source, table: Table, context: Context): object {
  const tree = parse(source)
  const { fragment, unknown, mistyped } = decode(tree, table, context.places, source.name)
  const at = (complaints: ReadonlyArray<{ readonly line: number | undefined }>): string[] => [...new Set(complaints.flatMap(({ line }) => line === undefined ? [] : `${source.name}:${line}`))]
  if (mistyped.length > 0) {
    throw new ConfigError(`failed to parse ${source.name}: decoding failed due to the following error(s):\n\n${mistyped.map(complaint => complaint.message).join('\n')}`, at(mistyped))
  }
  if (unknown.length > 0) throw new ConfigError(`failed to parse ${source.name}: ${multiError(unknown.map(complaint => complaint.message))}`, at(unknown))
  return fragment
}

function parse (source: Source): Block {
  try {
    return source.format === 'json' ? parseJsonConfig(source.text) : parseHcl(source.text)
  } catch (error) {
    if (!(error instanceof ConfigSyntaxError)) throw error
    throw new ConfigError(`failed to parse ${source.name}: ${error.message}`, error.line === undefined ? [] : [`${source.name}:${error.line}`])
  }
}

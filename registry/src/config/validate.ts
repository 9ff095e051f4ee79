// `roster validate`: files and folders judged by all the laws of the agent, without starting it or touching anything.

import { ConfigError } from './config-error.js'
import { readConfig, type LoadOptions } from './load-config.js'

export interface Verdict {
  /** 0 or 1. */
  readonly exitCode: number
  /** For standard output, line end included. */
  readonly out: string
  /** For standard error: what is wrong, or what is worth a warning. */
  readonly err: string
}

export interface ValidateOptions extends Omit<LoadOptions, 'args' | 'env'> {
  /** Files and folders, in the order of reading. */
  readonly paths: readonly string[]
  /** '' goes by the files' endings. */
  readonly format?: string
  /** Says nothing when all is well. */
  readonly quiet?: boolean
}

/** Neither flags nor environment count: a file has to stand on its own. */
export function validate ({ paths, format = '', quiet = false, ...options }: ValidateOptions): Verdict {
  if (format !== '' && format !== 'json' && format !== 'hcl') return refusal("-config-format must be either 'hcl' or 'json\n")
  if (paths.length === 0) return refusal('Must specify at least one config file or directory\n')
  try {
    const args = [...format === '' ? [] : [`-config-format=${format}`], ...paths.map(path => `-config-file=${path}`)]
    const { warnings } = readConfig({ ...options, args, env: {} })
    return { exitCode: 0, out: quiet ? '' : 'Configuration is valid!\n', err: warnings.map(warning => `${warning}\n`).join('') }
  } catch (error) {
    if (error instanceof ConfigError) return refusal(`Config validation failed: ${error.withPlaces}`)
    throw error
  }
}

const refusal = (err: string): Verdict => ({ exitCode: 1, out: '', err })

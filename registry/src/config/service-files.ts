// Definitions of services out of files, for those who register them without being the agent: the laws of services hold, those of an agent's settings do not.

import { buildService } from './build/definitions.js'
import { ConfigError } from './config-error.js'
import { Context } from './context.js'
import { systemFs, type ConfigFs } from './fs.js'
import { serviceBreach } from './rules.js'
import { readSource, sourcesAt } from './sources.js'
import type { ServiceBody } from '../http/decode/bodies/service.js'

/**
 * The services of files and folders, in the order of reading.
 * @throws ConfigError whose `withPlaces` says what is wrong and where
 */
export function readServiceFiles (paths: readonly string[], cwd: string, fs: ConfigFs = systemFs): readonly ServiceBody[] {
  const context = new Context()
  const services = paths
    .flatMap(path => sourcesAt(path, undefined, fs, cwd, context))
    .flatMap(source => readSource(source, context).services ?? [])
    .map(fragment => buildService(context, fragment))
  context.throwProblems()
  for (const service of services) {
    const breach = serviceBreach(service, context)
    // That a name is missing is said by the agent that is asked to register it.
    if (breach !== undefined && service.name !== '') throw new ConfigError(breach.message, breach.at === undefined ? [] : [breach.at])
  }
  return services
}

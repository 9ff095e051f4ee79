// What register and deregister share: services out of files, refused in the words of the agent.

import { ConfigError } from '../../config/config-error.js'
import { readServiceFiles } from '../../config/service-files.js'
import { Failure } from '../failure.js'
import type { ServiceBody } from '../../http/decode/bodies/service.js'

/** @throws Failure `Error: failed to parse …` */
export function servicesOfFiles (paths: readonly string[], cwd: string): readonly ServiceBody[] {
  try {
    return readServiceFiles(paths, cwd)
  } catch (error) {
    if (error instanceof ConfigError) throw new Failure(`Error: ${error.withPlaces.replace(/\n$/, '')}`)
    throw error
  }
}

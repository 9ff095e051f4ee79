// Which checks may be registered at all. Pure; asked before anything is written.

import { errors, type RosterError } from '../errors.js'
import { typeOf, type CheckDefinition } from './definition.js'

export interface PermitConfig {
  /** Script and docker checks may come over HTTP (and from files). */
  readonly enableScripts: boolean
  /** Script and docker checks may come from files. */
  readonly enableLocalScripts: boolean
}

/**
 * @param source where the definition came from: over HTTP, or from a configuration file
 * @returns why the check cannot be registered; `undefined` when it can
 */
export function refusal (definition: CheckDefinition, source: 'api' | 'file', config: PermitConfig): RosterError | undefined {
  const type = typeOf(definition)
  if (type === 'os_service') return errors.NOT_IMPLEMENTED()
  if (type !== 'script' && type !== 'docker') return undefined
  if (config.enableScripts) return undefined
  if (source === 'api') return errors.SCRIPTS_DISABLED_REMOTE()
  return config.enableLocalScripts ? undefined : errors.SCRIPTS_DISABLED()
}

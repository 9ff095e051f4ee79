// From a verb's flags to a client: how flags go before the environment. What the environment says is the client's own affair; the flags are common-flags.ts.
// Loaded only for verbs that talk to a server, since the client takes longer to load than the others to run.

import { createApi, isInvalidOption } from '@roster/client/api'
import { failure } from '../config/fs.js'
import { Failure } from './failure.js'
import type { RosterApi } from '@roster/client/api'

interface ConnectionValues {
  readonly 'ca-file'?: string
  readonly 'ca-path'?: string
  readonly 'client-cert'?: string
  readonly 'client-key'?: string
  readonly 'http-addr'?: string
  readonly 'tls-server-name'?: string
  readonly token?: string
  readonly 'token-file'?: string
  readonly datacenter?: string
  readonly stale?: boolean
  readonly namespace?: string
  readonly partition?: string
}

/** A flag stands in for the variable of the same meaning, so that the client's own order of looking holds for both. */
const VARIABLES = [['ca-file', 'CACERT'], ['ca-path', 'CAPATH'], ['client-cert', 'CLIENT_CERT'], ['client-key', 'CLIENT_KEY'], ['http-addr', 'HTTP_ADDR'], ['tls-server-name', 'TLS_SERVER_NAME'], ['token-file', 'HTTP_TOKEN_FILE']] as const

/** @throws Failure `Error connecting to Consul agent: …` for settings that cannot be used; nothing is connected yet */
export function connect (values: ConnectionValues, env: NodeJS.ProcessEnv): RosterApi {
  const seen: NodeJS.ProcessEnv = { ...env }
  for (const [flag, name] of VARIABLES) if (values[flag]) seen[`ROSTER_${name}`] = values[flag]
  // A folder named on the command line counts over a file named in the environment.
  if (values['ca-path'] && !values['ca-file']) for (const prefix of ['ROSTER_', 'CONSUL_']) delete seen[`${prefix}CACERT`]
  const cert = (name: string): boolean => Boolean(seen[`ROSTER_${name}`] || seen[`CONSUL_${name}`])
  if (cert('CLIENT_CERT') !== cert('CLIENT_KEY')) throw new Failure('Error connecting to Consul agent: both client cert and client key must be provided')
  const token = values['token-file'] ? undefined : values.token
  const scope = (flag: 'namespace' | 'partition', variable: string): string | undefined => values[flag] || seen[`ROSTER_${variable}`] || seen[`CONSUL_${variable}`] || undefined
  try {
    return createApi({
      ...token && { token },
      ...values.datacenter && { datacenter: values.datacenter },
      ...values.stale === true && { stale: true },
      query: { ...'namespace' in values && { ns: scope('namespace', 'NAMESPACE') }, ...'partition' in values && { partition: scope('partition', 'PARTITION') } },
    }, seen)
  } catch (error) {
    if (isInvalidOption(error)) throw new Failure(`Error connecting to Consul agent: ${inSystemWords(error, seen)}`)
    throw error
  }
}

/** A file that cannot be read is named as the system names it. */
function inSystemWords ({ cause, message }: Error, env: NodeJS.ProcessEnv): string {
  if (!(cause instanceof Error) || !('path' in cause) || typeof cause.path !== 'string') return message
  const { path } = cause
  const isOf = (name: string): boolean => (env[`ROSTER_${name}`] || env[`CONSUL_${name}`]) === path
  const what = isOf('HTTP_TOKEN_FILE') ? `Error loading token file ${path} : ` : isOf('CACERT') ? 'Error loading CA File: ' : ''
  return `${what}${failure(isOf('CAPATH') ? 'lstat' : 'open', path, cause)}`
}

export { isRosterClientError } from '@roster/client/api'

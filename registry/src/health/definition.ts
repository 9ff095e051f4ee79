// What a check is asked to do, in the words of health/: plain data, durations in ms, sizes in bytes. It says nothing of who registered it;
// the decoders of HTTP bodies and configuration files give records that fit.

/** `'alias'` and `'ttl'` are fed from inside, the others go out and look; see kinds.ts and ttl.ts, alias.ts. */
export type CheckType = 'ttl' | 'http' | 'tcp' | 'udp' | 'grpc' | 'h2ping' | 'script' | 'docker' | 'os_service' | 'alias' | 'maintenance'

/** Every field stands, empty where it means nothing: '' for texts, 0 for numbers, [] and {} for the rest. */
export interface CheckDefinition {
  /** Program and arguments of script and docker checks. */
  readonly args: readonly string[]
  /** URL. */
  readonly http: string
  readonly header: Readonly<Record<string, readonly string[]>>
  /** '' is GET. */
  readonly method: string
  readonly body: string
  readonly disableRedirects: boolean
  /** host:port. */
  readonly tcp: string
  readonly tcpUseTls: boolean
  /** host:port. */
  readonly udp: string
  /** host:port, or host:port/service. */
  readonly grpc: string
  readonly grpcUseTls: boolean
  /** host:port. */
  readonly h2ping: string
  /** The decoder has already turned "unset" into true. */
  readonly h2pingUseTls: boolean
  readonly osService: string
  readonly dockerContainerId: string
  /** Docker checks: what runs `args` inside the container; '' is `$SHELL`, then `/bin/sh`. */
  readonly shell: string
  /** '' is the agent's own node. */
  readonly aliasNode: string
  /** Id of the service whose checks are mirrored. */
  readonly aliasService: string
  readonly tlsServerName: string
  readonly tlsSkipVerify: boolean
  readonly intervalMs: number
  /** 0: the kind's own default. */
  readonly timeoutMs: number
  readonly ttlMs: number
  /** 0: never. */
  readonly deregisterCriticalServiceAfterMs: number
  readonly successBeforePassing: number
  readonly failuresBeforeWarning: number
  readonly failuresBeforeCritical: number
  /** 0: the server's own limit, which this may only lower. */
  readonly outputMaxBytes: number
}

/** Shorter intervals are raised to this, silently, as Consul does. */
export const MIN_INTERVAL_MS = 1000

const NOTHING: CheckDefinition = {
  args: [],
  http: '',
  header: {},
  method: '',
  body: '',
  disableRedirects: false,
  tcp: '',
  tcpUseTls: false,
  udp: '',
  grpc: '',
  grpcUseTls: false,
  h2ping: '',
  h2pingUseTls: true,
  osService: '',
  dockerContainerId: '',
  shell: '',
  aliasNode: '',
  aliasService: '',
  tlsServerName: '',
  tlsSkipVerify: false,
  intervalMs: 0,
  timeoutMs: 0,
  ttlMs: 0,
  deregisterCriticalServiceAfterMs: 0,
  successBeforePassing: 0,
  failuresBeforeWarning: 0,
  failuresBeforeCritical: 0,
  outputMaxBytes: 0,
}

/** A whole definition from the fields that matter. */
export const checkDefinition = (fields: Partial<CheckDefinition>): CheckDefinition => ({ ...NOTHING, ...fields })

/** The fields that matter, which is how a definition is kept. */
export function sparseDefinition (whole: CheckDefinition): Partial<CheckDefinition> {
  const fields: Record<string, unknown> = {}
  for (const name of FIELDS) {
    const value = whole[name]
    if (value === NOTHING[name] || (typeof value === 'object' && Object.keys(value).length === 0) || (name === 'h2pingUseTls' && whole.h2ping === '')) continue
    fields[name] = value
  }
  return fields
}

const FIELDS = Object.keys(NOTHING) as ReadonlyArray<keyof CheckDefinition>

/** In this order: of several kinds in one body, the first one set is the check's type. */
const KIND_ORDER: ReadonlyArray<readonly [type: CheckType, isSet: (d: CheckDefinition) => boolean]> = [
  ['grpc', d => d.grpc !== '' && d.intervalMs > 0],
  ['http', d => d.http !== '' && d.intervalMs > 0],
  ['ttl', d => d.ttlMs > 0],
  ['tcp', d => d.tcp !== '' && d.intervalMs > 0],
  ['udp', d => d.udp !== '' && d.intervalMs > 0],
  ['alias', d => d.aliasNode !== '' || d.aliasService !== ''],
  ['docker', d => d.dockerContainerId !== '' && d.args.length > 0 && d.intervalMs > 0],
  ['script', d => d.args.length > 0 && d.intervalMs > 0],
  ['h2ping', d => d.h2ping !== '' && d.intervalMs > 0],
  ['os_service', d => d.osService !== '' && d.intervalMs > 0],
]

/** The type of a check by what its definition sets; `undefined` when nothing says how to find out. */
export function typeOf (definition: CheckDefinition): CheckType | undefined {
  return KIND_ORDER.find(([, isSet]) => isSet(definition))?.[0]
}

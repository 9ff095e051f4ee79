// Every setting, as data: its key in a configuration file, from which flag and variable follow (`publicPort`, `--public-port`, `ROSTER_SIDECAR_PUBLIC_PORT`), its kind, its default and
// what it does. The help, the documentation and the check of all three sources come from this list. A new setting is a line here.

import { address, count, duration, ip, name, oneOf, pair, path, port, portOrOff, range, size, text, upstream } from './values.js'
import type { Kind } from './values.js'

export interface Option<T = unknown> {
  readonly kind: Kind<T>
  /** Absent: there is no value unless somebody gives one. */
  readonly default?: T
  /** May be given several times: as repeated flags, by comma in a variable, as a list in a file. */
  readonly many?: boolean
  readonly group: string
  readonly help: string
  /** Another variable that is looked at after our own. */
  readonly variable?: string
}

type Rest<T> = Omit<Option<T>, 'kind' | 'many' | 'default'>
const of = <T>(kind: Kind<T>, rest: Rest<T>) => ({ kind, ...rest })
const or = <T>(kind: Kind<T>, fallback: T, rest: Rest<T>) => ({ kind, default: fallback, ...rest })
const many = <T>(kind: Kind<T>, rest: Rest<T>) => ({ kind, many: true as const, ...rest })

const SERVICE = 'The service beside which it runs'
const INBOUND = 'Inbound: what others reach the service by'
const OUTBOUND = 'Outbound: how the service reaches others'
const LIFE = 'Life of the process'
const SEEING = 'Seeing what happens'

export const options = {
  service: of(name, { group: SERVICE, help: 'Name to register. Without it nothing is registered, and only outbound calls are served' }),
  port: of(port, { group: SERVICE, help: 'Port of the service on 127.0.0.1. 0: a free one, which the child finds in PORT' }),
  protocol: or(oneOf('http', 'http2', 'grpc', 'tcp'), 'http', { group: SERVICE, help: 'What the service speaks' }),
  id: of(text, { group: SERVICE, help: 'Id of the instance. Default NAME-HOST-PORT, the same after a restart if the port is' }),
  tag: many(text, { group: SERVICE, help: 'Tag to register' }),
  meta: many(pair, { group: SERVICE, help: 'Metadata to register' }),
  zone: of(text, { group: SERVICE, help: 'Zone of this instance: registered as metadata, and where calls stay as far as that is fair' }),
  healthPath: of(path, { group: SERVICE, help: 'Path that answers 2xx when the service is well. Without it the service is well when its port takes connections' }),
  healthInterval: or(duration, 2000, { group: SERVICE, help: 'Distance of the looks at the service' }),

  publicPort: or(portOrOff, 0, { group: INBOUND, help: 'Port for others. 0: of the system\'s choosing; off: the service is registered at its own port' }),
  bind: of(ip, { group: INBOUND, help: 'Address that the public port listens on. Default: where it is registered; loopback when the registry is on loopback' }),
  address: of(address, { group: INBOUND, variable: 'ROSTER_ADDRESS', help: 'Address to register. Default: loopback when the registry is on loopback, else that of the connection to it' }),
  maxConnections: or(count(1), 10_000, { group: INBOUND, help: 'Connections at once; more are closed as they come' }),
  maxRequests: or(count(1), 10_000, { group: INBOUND, help: 'Requests in progress at once; more get 503' }),
  maxHeaderBytes: or(size, 32 * 1024, { group: INBOUND, help: 'Longest head of a request' }),
  headerTimeout: or(duration, 10_000, { group: INBOUND, help: 'Longest time for the head of a request to arrive' }),
  idleTimeout: or(duration, 60_000, { group: INBOUND, help: 'How long a connection may be idle between requests' }),
  tlsCert: of(text, { group: INBOUND, help: 'File with the certificate of the public port (PEM); with it the port speaks TLS, HTTP/1.1 and HTTP/2 by ALPN' }),
  tlsKey: of(text, { group: INBOUND, help: 'File with its key (PEM)' }),
  trustForwarded: many(range, { group: INBOUND, help: 'Peers whose X-Forwarded-* and Forwarded headers are passed on; those of others are removed' }),

  upstream: many(upstream, { group: OUTBOUND, help: 'A port on loopback for one service: payments:9001, or postgres:5432/tcp for raw TCP' }),
  outbound: or(portOrOff, 15001, { group: OUTBOUND, help: 'Port on loopback for every registered name: by Host header, absolute URL, CONNECT' }),
  registry: of(text, { group: OUTBOUND, variable: 'ROSTER_HTTP_ADDR', help: 'Address of the registry, several by comma. Default: CONSUL_HTTP_ADDR, else http://127.0.0.1:8500' }),
  registryTimeout: or(duration, 10_000, { group: OUTBOUND, help: 'How long the registry is waited for at the start, where nothing is known from disk' }),
  policy: of(text, { group: OUTBOUND, help: 'Policy file, the SDK\'s; read again when it changes' }),
  cacheDir: of(text, { group: OUTBOUND, variable: 'ROSTER_CACHE_DIR', help: 'Folder of the last known good lists' }),
  upstreamCa: of(text, { group: OUTBOUND, help: 'File with the authorities to trust for instances that speak TLS (PEM)' }),
  upstreamCert: of(text, { group: OUTBOUND, help: 'File with the certificate shown to them (PEM)' }),
  upstreamKey: of(text, { group: OUTBOUND, help: 'File with its key (PEM)' }),

  startTimeout: or(duration, 30_000, { group: LIFE, help: 'How long the child may take until it answers' }),
  drainTimeout: or(duration, 10_000, { group: LIFE, help: 'How long calls in progress may take at the end; then they are cut off' }),
  stopTimeout: or(duration, 10_000, { group: LIFE, help: 'How long the child may take to end after SIGTERM; then it is killed' }),

  admin: or(portOrOff, 15000, { group: SEEING, help: 'Admin port on loopback: /ready /live /metrics /endpoints /config /explain /drain' }),
  logLevel: or(oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'), 'info', { group: SEEING, help: 'Lowest level that is logged, as JSON lines on standard error' }),
  accessLog: of(text, { group: SEEING, help: 'A line of JSON for each request to stderr, stdout or a file' }),
} as const satisfies Record<string, Option>

export type OptionName = keyof typeof options
export const optionNames = Object.keys(options) as readonly OptionName[]

type ValueOf<O> = O extends { readonly kind: Kind<infer T> } ? O extends { readonly many: true } ? readonly T[] : O extends { readonly default: unknown } ? T : T | undefined : never

/** All settings, read and checked. */
export type Settings = { readonly [N in OptionName]: ValueOf<(typeof options)[N]> }

/** @example flagOf('publicPort') === '--public-port' */
export const flagOf = (option: string): string => `--${option.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`

/** @example variableOf('publicPort') === 'ROSTER_SIDECAR_PUBLIC_PORT' */
export const variableOf = (option: string): string => `ROSTER_SIDECAR_${option.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`

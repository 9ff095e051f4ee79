// Where the registry is and how one proves who one is: addresses, token, TLS, found alike by SDK, sidecar and command line. No sockets here; see connections.ts.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { InvalidOptionError } from './errors.js'

/** One server of the registry. */
export interface Address {
  /** As given, without user name and password. */
  readonly text: string
  /** `http://host:port` or `https://host:port`; `http://localhost` for a unix socket. */
  readonly origin: string
  /** Path in front of `/v1`, without a final slash, most often empty. */
  readonly prefix: string
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly socketPath: string | undefined
  /** `user:password` that stood in the URL. */
  readonly auth: string | undefined
}

/** How to trust the server and how to be known to it. Texts are PEM. */
export interface TlsOptions {
  /** Authorities to trust instead of Node's own. */
  readonly ca?: string | readonly string[]
  readonly cert?: string
  readonly key?: string
  /** Name to expect in the server's certificate, when it is not the host of the address. */
  readonly serverName?: string
  /** `false` accepts any certificate: for a trial, never for service. Default `true`. */
  readonly verify?: boolean
}

/** What a user may say; each part left out is looked for in the environment, then has the compatible default. */
export interface AddressOptions {
  /** `host:port`, `http://…`, `https://…` or `unix:///path`; several as a list or by comma, tried in this order. */
  readonly address?: string | readonly string[]
  readonly token?: string
  /** `user:password` for a proxy in front of the registry. */
  readonly auth?: string
  readonly tls?: TlsOptions
}

/** What the transport works with. */
export interface Settings {
  readonly addresses: readonly Address[]
  readonly token: string | undefined
  readonly auth: string | undefined
  readonly tls: TlsOptions
}

/** The files that settings may name; passed in so that a test needs none. */
export interface SettingsFiles {
  readonly read: (path: string) => string
  readonly list: (directory: string) => readonly string[]
}

const files: SettingsFiles = {
  read: path => readFileSync(path, 'utf8'),
  list: directory => readdirSync(directory).sort().map(name => join(directory, name)),
}

/** `ROSTER_X`, else `CONSUL_X`; an empty value is as if not given. */
const variable = (env: NodeJS.ProcessEnv, name: string) => env[`ROSTER_${name}`] || env[`CONSUL_${name}`] || undefined

/** Go's booleans, since the variables are shared with Go programs. */
const booleans: Readonly<Record<string, boolean>> = { 1: true, t: true, T: true, true: true, TRUE: true, True: true, 0: false, f: false, F: false, false: false, FALSE: false, False: false }

const booleanVariable = (env: NodeJS.ProcessEnv, name: string): boolean | undefined => {
  const text = variable(env, name)
  if (text === undefined) return undefined
  const value = booleans[text]
  if (value === undefined) throw new InvalidOptionError(`${env[`ROSTER_${name}`] ? 'ROSTER' : 'CONSUL'}_${name} is "${text}", not true or false`)
  return value
}

/**
 * Option > `ROSTER_*` > `CONSUL_*` > `http://127.0.0.1:8500`.
 *
 * Variables: `HTTP_ADDR` (several by comma), `HTTP_TOKEN_FILE` before `HTTP_TOKEN`, `HTTP_AUTH`, `HTTP_SSL`, `HTTP_SSL_VERIFY`, `CACERT`, `CAPATH`, `CLIENT_CERT`,
 * `CLIENT_KEY`, `TLS_SERVER_NAME`. An empty value is as if not given.
 * @throws InvalidOptionError for an address that cannot be read, a file that is not there, a boolean that is none
 */
export function resolveSettings (options: AddressOptions = {}, env: NodeJS.ProcessEnv = process.env, from: SettingsFiles = files): Settings {
  const given = typeof options.address === 'string' ? options.address.split(',') : options.address ?? []
  const wanted = given.some(text => text.trim() !== '') ? given : (variable(env, 'HTTP_ADDR') ?? 'http://127.0.0.1:8500').split(',')
  const https = options.tls !== undefined || booleanVariable(env, 'HTTP_SSL') === true
  const addresses = wanted.map(text => text.trim()).filter(text => text !== '').map(text => parseAddress(text, https ? 'https' : 'http'))
  return {
    addresses: addresses.filter((address, i) => addresses.findIndex(other => other.text === address.text) === i),
    token: options.token || tokenFrom(env, from),
    auth: options.auth || variable(env, 'HTTP_AUTH'),
    tls: options.tls ?? tlsFrom(env, from),
  }
}

/** Reads the files of a TLS set-up; a folder of authorities is read whole, in order of names. */
export function readTlsFiles (paths: { readonly caFile?: string, readonly caPath?: string, readonly certFile?: string, readonly keyFile?: string }, from: SettingsFiles = files): Pick<TlsOptions, 'ca' | 'cert' | 'key'> {
  const ca = paths.caFile ? [readFile(paths.caFile, from)] : paths.caPath ? listFiles(paths.caPath, from).map(path => readFile(path, from)) : undefined
  return {
    ...ca && { ca },
    ...paths.certFile && { cert: readFile(paths.certFile, from) },
    ...paths.keyFile && { key: readFile(paths.keyFile, from) },
  }
}

function tokenFrom (env: NodeJS.ProcessEnv, from: SettingsFiles): string | undefined {
  const file = variable(env, 'HTTP_TOKEN_FILE')
  return file === undefined ? variable(env, 'HTTP_TOKEN') : readFile(file, from).trim() || undefined
}

function tlsFrom (env: NodeJS.ProcessEnv, from: SettingsFiles): TlsOptions {
  const serverName = variable(env, 'TLS_SERVER_NAME')
  const verify = booleanVariable(env, 'HTTP_SSL_VERIFY')
  return {
    ...readTlsFiles({ caFile: variable(env, 'CACERT'), caPath: variable(env, 'CAPATH'), certFile: variable(env, 'CLIENT_CERT'), keyFile: variable(env, 'CLIENT_KEY') }, from),
    ...serverName !== undefined && { serverName },
    ...verify !== undefined && { verify },
  }
}

function readFile (path: string, from: SettingsFiles): string {
  try { return from.read(path) } catch (cause) { throw new InvalidOptionError(`Error loading ${path}: ${(cause as Error).message}`, { cause }) }
}

function listFiles (directory: string, from: SettingsFiles): readonly string[] {
  try { return from.list(directory) } catch (cause) { throw new InvalidOptionError(`Error loading ${directory}: ${(cause as Error).message}`, { cause }) }
}

/**
 * Reads one address. Without a port it is that of the scheme (80, 443), as in Go, not 8500.
 *
 * @example parseAddress('10.0.0.7:8500').origin === 'http://10.0.0.7:8500'
 * @param scheme used when the text names none
 * @throws InvalidOptionError `Unknown protocol scheme: ftp`
 */
export function parseAddress (text: string, scheme: 'http' | 'https' = 'http'): Address {
  const at = text.indexOf('://')
  const named = at < 0 ? scheme : text.slice(0, at)
  const rest = at < 0 ? text : text.slice(at + 3)
  if (named === 'unix') {
    if (rest === '') throw new InvalidOptionError(`Invalid address "${text}": the path of the socket is missing`)
    return { text, origin: 'http://localhost', prefix: '', host: 'localhost', port: 0, tls: false, socketPath: rest, auth: undefined }
  }
  if (named !== 'http' && named !== 'https') throw new InvalidOptionError(`Unknown protocol scheme: ${named}`)
  if (!URL.canParse(`${named}://${rest}`)) {
    const port = /:(\d+)(\/.*)?$/.exec(rest)?.[1]
    throw new InvalidOptionError(port !== undefined && Number(port) > 65535 ? `Invalid address "${text}": address ${port}: invalid port` : `Invalid address "${text}"`)
  }
  const url = new URL(`${named}://${rest}`)
  const prefix = url.pathname.replace(/\/+$/, '')
  const auth = url.username === '' ? undefined : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return {
    text: `${url.protocol}//${url.host}${prefix}`,
    origin: url.origin,
    prefix,
    host: url.hostname,
    port: url.port === '' ? (named === 'http' ? 80 : 443) : Number(url.port),
    tls: named === 'https',
    socketPath: undefined,
    auth,
  }
}

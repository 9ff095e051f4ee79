// The node's UUID: set, or kept in the data directory since the first start, or made now.

import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from './config-error.js'
import { failure, isAbsent } from './fs.js'
import { nodeIdError } from './rules.js'

export interface NodeIdInput {
  /** From the settings; '' when not set. */
  readonly configured: string
  /** Where the ID is kept; undefined keeps it nowhere. */
  readonly dataDir: string | undefined
  /** Derive it from the machine's own ID, so that it is the same whenever the disk is lost. */
  readonly fromHost: boolean
  /** Sixteen random bytes. */
  readonly random?: () => Uint8Array
}

const FILE = 'node-id'

/**
 * Reads, makes and keeps the ID. A directory that is missing is made, for its owner alone.
 * @throws ConfigError `failed to setup node ID: …`
 */
export function settleNodeId ({ configured, dataDir, fromHost, random = () => randomBytes(16) }: NodeIdInput): string {
  const refuse = (why: string): never => { throw new ConfigError(`failed to setup node ID: ${why}`) }
  const make = (): string => (fromHost ? hostUuid() : undefined) ?? uuid(random())
  if (dataDir === undefined) return configured === '' ? make() : configured.toLowerCase()
  const file = join(dataDir, FILE)
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    return refuse(failure('mkdir', dataDir, error))
  }
  if (configured !== '') return keep(configured.toLowerCase())
  try {
    const kept = readFileSync(file, 'utf8').trim().toLowerCase()
    const wrong = kept === '' ? 'uuid string is wrong length' : nodeIdError(kept)
    return wrong === undefined ? kept : refuse(`${file}: ${wrong}`)
  } catch (error) {
    if (error instanceof ConfigError) throw error
    if (!isAbsent(error)) return refuse(failure('open', file, error))
  }
  return keep(make())

  function keep (id: string): string {
    try {
      writeFileSync(file, id, { mode: 0o600 })
    } catch (error) {
      return refuse(failure('open', file, error))
    }
    return id
  }
}

const SERVER_FILE = 'server-id'

/** The name of a server among others over one store: the host's and a random part, kept in the data directory where there is one. */
export function settleServerId (hostname: string, dataDir: string | undefined, random: () => Uint8Array = () => randomBytes(4)): string {
  const make = (): string => `${hostname.replace(/[^\w.-]/g, '-').slice(0, 100)}-${Buffer.from(random()).toString('hex')}`
  if (dataDir === undefined) return make()
  const file = join(dataDir, SERVER_FILE)
  try {
    const kept = readFileSync(file, 'utf8').trim()
    if (/^[\w.-]{1,128}$/.test(kept)) return kept
  } catch (error) {
    if (!isAbsent(error)) throw new ConfigError(`failed to setup server ID: ${failure('open', file, error)}`)
  }
  const id = make()
  try {
    writeFileSync(file, id, { mode: 0o600 })
  } catch (error) {
    throw new ConfigError(`failed to setup server ID: ${failure('open', file, error)}`)
  }
  return id
}

/** RFC 9562 version 4 of sixteen bytes. */
export function uuid (bytes: Uint8Array): string {
  const hex = [...bytes].map((byte, i) => (i === 6 ? byte & 0x0f | 0x40 : i === 8 ? byte & 0x3f | 0x80 : byte).toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/** From the machine's own ID, hashed, so that the ID itself is not handed out. */
function hostUuid (): string | undefined {
  for (const file of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    try {
      const id = readFileSync(file, 'utf8').trim()
      if (id !== '') return uuid(createHash('sha512').update(id).digest().subarray(0, 16))
    } catch {
      // The next one may be there.
    }
  }
  return undefined
}

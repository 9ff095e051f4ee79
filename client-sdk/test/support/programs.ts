// The registries that the SDK's laws are tried on: Roster, and a real Consul where there is one (CONSUL_BIN, or `consul` on the PATH).
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { programs as given } from './registry-process.js'

const onPath = (process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, 'consul')).find(file => existsSync(file))

export const registries: ReadonlyArray<{ readonly name: string, readonly command: readonly string[] | undefined }> = [
  ...given,
  ...given.some(({ name }) => name === 'consul') ? [] : [{ name: 'consul', command: onPath === undefined ? undefined : [onPath] }],
]

/** Why a registry is left out. */
export const NO_CONSUL = 'no consul on the PATH and no CONSUL_BIN'

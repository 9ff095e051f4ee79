// Settings without a disk or a network: files are texts by path, the machine has two addresses.
import { readConfig } from '../../src/config/load-config.js'
import { ConfigError } from '../../src/config/config-error.js'
import type { InterfaceAddress } from '../../src/config/build/address-template.js'
import type { Environment } from '../../src/config/environment.js'
import type { ConfigFs } from '../../src/config/fs.js'
import type { RuntimeConfig } from '../../src/config/runtime-config.js'

export const INTERFACES: readonly InterfaceAddress[] = [
  { name: 'lo', address: '127.0.0.1', flags: ['up', 'loopback'] },
  { name: 'lo', address: '::1', flags: ['up', 'loopback'] },
  { name: 'eth0', address: '10.1.2.3', flags: ['up'] },
  { name: 'eth0', address: 'fe80::1', flags: ['up'] },
]

const refusal = (code: string): Error => Object.assign(new Error(code), { code })

/** Files by absolute path; a value of `null` is a folder. */
export function memoryFs (files: Readonly<Record<string, string | null>>): ConfigFs {
  const isFolder = (path: string): boolean => files[path] === null || Object.keys(files).some(file => file.startsWith(`${path}/`))
  return {
    read (path) {
      const text = files[path]
      if (typeof text !== 'string') throw refusal(isFolder(path) ? 'EISDIR' : 'ENOENT')
      return text
    },
    kind (path) {
      if (typeof files[path] === 'string') return 'file'
      if (isFolder(path)) return 'directory'
      throw refusal(Object.keys(files).some(file => typeof files[file] === 'string' && path.startsWith(`${file}/`)) ? 'ENOTDIR' : 'ENOENT')
    },
    list: path => [...new Set(Object.keys(files).filter(file => file.startsWith(`${path}/`)).map(file => file.slice(path.length + 1).split('/')[0]!))],
  }
}

export interface Given {
  readonly args?: readonly string[]
  readonly env?: Environment
  /** By path below `/etc`, the working directory. */
  readonly files?: Readonly<Record<string, string | null>>
  readonly interfaces?: readonly InterfaceAddress[]
}

export function read ({ args = ['-dev'], env = {}, files = {}, interfaces = INTERFACES }: Given): RuntimeConfig {
  const fs = memoryFs(Object.fromEntries(Object.entries(files).map(([name, text]) => [name.startsWith('/') ? name : `/etc/${name}`, text])))
  return readConfig({ args, env, cwd: '/etc', fs, interfaces: () => interfaces, hostname: () => 'box' })
}

/** One file's settings on a durable server that is complete but for them. */
export const readFile = (text: string, name = 'x.json'): RuntimeConfig => read({ args: ['-data-dir', '/var/roster', '-config-file', name], files: { [name]: text } })

/** The refusal, or undefined when there is none. */
export function refused (work: () => unknown): ConfigError | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
}

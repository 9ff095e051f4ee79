// The files that the settings come from, as this room needs them: passed in, so that a test needs no disk.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import type { InterfaceAddress } from './build/address-template.js'

export interface ConfigFs {
  /** @throws NodeJS.ErrnoException */
  read (path: string): string
  /** @throws NodeJS.ErrnoException */
  kind (path: string): 'file' | 'directory'
  /** Names in a folder, in any order. @throws NodeJS.ErrnoException */
  list (path: string): readonly string[]
}

export const systemFs: ConfigFs = {
  read: path => readFileSync(path, 'utf8'),
  kind: path => statSync(path).isDirectory() ? 'directory' : 'file',
  list: path => readdirSync(path),
}

/** This machine's addresses, in the system's order. */
export function systemInterfaces (): readonly InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.map(({ address, internal }) => ({ name, address, flags: internal ? ['up', 'loopback'] : ['up', 'broadcast', 'multicast'] })))
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory', EACCES: 'permission denied', EPERM: 'operation not permitted', ENOTDIR: 'not a directory', EISDIR: 'is a directory', ELOOP: 'too many levels of symbolic links', ENAMETOOLONG: 'file name too long', EROFS: 'read-only file system', ENOSPC: 'no space left on device', EEXIST: 'file exists',
}

/** A failed call in the words of the system's own messages: `open none.json: no such file or directory`. */
export function failure (call: string, path: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? ''
  return `${call} ${path}: ${REASONS[code] ?? (error instanceof Error ? error.message : String(error))}`
}

export const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'

// The files of the tls verbs: never written over, and read with the system's words when that fails.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { failure } from '../../config/fs.js'
import { Failure } from '../failure.js'
import type { Io } from '../io.js'

export const exists = (file: string, io: Io): boolean => existsSync(resolve(io.cwd, file))

/** @throws Failure, also when the file is there already */
export function writeNew (file: string, text: string, mode: number, io: Io): void {
  try {
    writeFileSync(resolve(io.cwd, file), text, { mode, flag: 'wx', flush: true })
  } catch (error) {
    throw new Failure(failure('open', file, error))
  }
}

/** @param what in front of the reason: `Error reading CA` @throws Failure */
export function readPem (file: string, what: string, io: Io): string {
  try {
    return readFileSync(resolve(io.cwd, file), 'utf8')
  } catch (error) {
    throw new Failure(`${what}: ${failure('open', file, error)}`)
  }
}

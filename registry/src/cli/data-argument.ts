// The DATA argument of kv put, kv import and others: itself, `@file`, or `-` for standard input.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { failure } from '../config/fs.js'
import { Failure } from './failure.js'
import { readAll } from './io.js'
import type { Io } from './io.js'

/** @throws Failure `Failed to read file: open x: no such file or directory`, behind `complaint` */
export async function dataArgument (text: string, io: Io, complaint = 'Error! '): Promise<Buffer> {
  if (text === '-') return await readAll(io.stdin)
  return text.startsWith('@') ? await fileBytes(text.slice(1), io, complaint) : Buffer.from(text)
}

/** A file's bytes; an empty path is one that is not there, never the folder itself. @throws Failure */
export async function fileBytes (path: string, io: Io, complaint: string): Promise<Buffer> {
  if (path === '') throw new Failure(`${complaint}Failed to read file: open : no such file or directory`)
  try {
    return await readFile(resolve(io.cwd, path))
  } catch (error) {
    throw new Failure(`${complaint}Failed to read file: ${failure('open', path, error)}`)
  }
}

// `roster snapshot save`: the state as a file, which takes its name only when it has been read back and found whole.

import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join, parse, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isRosterClientError } from '@roster/client/api'
import { failure } from '../../config/fs.js'
import { serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { progress } from '../progress.js'
import { verb } from '../verb.js'
import { readArchiveFile } from './archive-file.js'
import type { RosterApi } from '@roster/client/api'

export const snapshotSave = verb({
  usage: 'roster snapshot save [options] FILE',
  text: `Saves the whole state as one file: as of one moment, checked after it was written.

    $ roster snapshot save backup.snap`,
  words: 'file',
  flags: flags([
    { name: 'append-filename', kind: 'string', default: '', help: 'Put these into the file\'s name, apart by commas: version, dc.' },
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, io, show }) {
    if (words.length === 0) throw new Failure('Missing FILE argument')
    if (words.length > 1) throw new Failure(`Too many arguments (expected 1, got ${words.length})`)
    const shown = await named(words[0]!, values['append-filename'], api())
    const path = resolve(io.cwd, shown)
    const unverified = `${path}.unverified.${process.pid}`
    const { body } = await attempt('Error saving snapshot', api().snapshot.save())
    const told = progress(io, 'saved')
    body.on('data', (chunk: Buffer) => told.add(chunk.length))
    try {
      await pipeline(body, createWriteStream(unverified, { mode: 0o600, flush: true }))
      const { Index } = await readArchiveFile(unverified, shown, 'Error verifying snapshot file')
      await rename(unverified, path)
      await syncFolder(dirname(path))
      told.end()
      show(() => ({ File: shown, Index }), () => `Saved and verified snapshot to index ${Index}\n`)
      return 0
    } catch (error) {
      told.end()
      if (isRosterClientError(error)) throw new Failure(`Error saving snapshot: ${error.message}`)
      if ((error as NodeJS.ErrnoException).syscall !== undefined) throw new Failure(`Error writing unverified snapshot file: ${failure('open', `${shown}.unverified`, error)}`)
      throw error
    } finally {
      await rm(unverified, { force: true })
    }
  },
})

async function named (path: string, parts: string, api: RosterApi): Promise<string> {
  if (parts === '') return path
  const { value: { Config } } = await attempt('Error querying Consul agent', api.agent.self())
  const words = parts.split(',').flatMap(part => part === 'version' ? [Config.Version] : part === 'dc' ? [Config.Datacenter] : [])
  const { dir, name, ext } = parse(path)
  return join(dir, [name, ...words].join('-') + ext)
}

/** A rename is on the disk only when its folder is. */
async function syncFolder (path: string): Promise<void> {
  const folder = await open(path, 'r')
  try { await folder.sync() } finally { await folder.close() }
}

// `roster snapshot restore`

import { createReadStream } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { resolve } from 'node:path'
import { failure } from '../../config/fs.js'
import { serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { progress } from '../progress.js'
import { verb } from '../verb.js'

export const snapshotRestore = verb({
  usage: 'roster snapshot restore [options] FILE',
  text: `Replaces the whole state of the servers by that of a snapshot. What was written since
is gone. A damaged file changes nothing.

    $ roster snapshot restore backup.snap`,
  words: 'file',
  flags: flags(serverApiFlags),
  async run ({ words, api, io, show }) {
    if (words.length === 0) throw new Failure('Missing FILE argument')
    if (words.length > 1) throw new Failure(`Too many arguments (expected 1, got ${words.length})`)
    const path = resolve(io.cwd, words[0]!)
    await access(path, constants.R_OK).catch((error: unknown) => { throw new Failure(`Error opening snapshot file: ${failure('open', words[0]!, error)}`) })
    const file = createReadStream(path)
    const told = progress(io, 'sent')
    file.on('data', chunk => told.add(chunk.length))
    try {
      await attempt('Error restoring snapshot', api().snapshot.restore(file))
    } finally {
      told.end()
      file.destroy()
    }
    show(() => ({ Restored: true }), () => 'Restored snapshot\n')
    return 0
  },
})

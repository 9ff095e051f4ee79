// `roster snapshot inspect`: whether a snapshot's file is whole, what it is of, and what takes the room in it.

import { resolve } from 'node:path'
import { codec, SCHEMA } from '../../state/codec.js'
import { ArchiveError } from '../../snapshot/meta.js'
import { archiveRefusal } from '../../snapshot/refusal.js'
import { StateReader } from '../../snapshot/state-file.js'
import { outputFlag } from '../common-flags.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { goJson } from '../go-json.js'
import { byteSize } from '../progress.js'
import { verb } from '../verb.js'
import { readArchiveFile } from './archive-file.js'
import { RowCounter } from './row-counter.js'
import type { ArchiveMeta } from './archive-file.js'
import type { Counted } from './row-counter.js'

export const snapshotInspect = verb({
  usage: 'roster snapshot inspect [options] FILE',
  text: `Reads a snapshot's file, checks its sums, and shows what is in it.

    $ roster snapshot inspect -kvdetails backup.snap`,
  words: 'file',
  flags: flags([
    { name: 'format', kind: 'string', default: 'pretty', values: ['pretty', 'json'], help: 'How to write it: pretty or json. Default: pretty.' },
    { name: 'kvdepth', kind: 'int', default: 2, help: 'With -kvdetails: levels of keys that are told apart. Default: 2.' },
    { name: 'kvdetails', kind: 'bool', default: false, help: 'Show which keys take the room. Default: false.' },
    { name: 'kvfilter', kind: 'string', default: '', help: 'With -kvdetails: only keys that begin so.' },
    ...outputFlag,
  ]),
  async run ({ values: { format, kvdepth, kvdetails, kvfilter }, words, io, json }) {
    if (words.length === 0) throw new Failure('Missing FILE argument')
    if (words.length > 1) throw new Failure(`Too many arguments (expected 1, got ${words.length})`)
    const counter = new RowCounter({ depth: kvdepth, prefix: kvfilter })
    const rows = new StateReader({ codec, schema: SCHEMA, base: 0 }, ({ key }, bytes) => counter.add(key, bytes))
    const complaint = 'Error reading snapshot'
    let meta: ArchiveMeta
    try {
      meta = await readArchiveFile(resolve(io.cwd, words[0]!), words[0]!, complaint, {
        meta (found) { if (found.Roster === undefined) throw new ArchiveError('it was not made by Roster') },
        state: chunk => rows.push(chunk),
      })
      rows.end()
    } catch (error) {
      if (error instanceof ArchiveError) throw new Failure(`${complaint}: ${archiveRefusal(error).message}`)
      throw error
    }
    if (format !== 'pretty' && format !== 'json') throw new Failure(`Error outputting enhanced snapshot data: Unknown format: ${format}`)
    const keys = kvdetails ? counter.keys() : null
    if (format === 'json' || json) {
      const { ID, Size, Index, Term, Version } = meta
      io.out(goJson({ Meta: { ID, Size, Index, Term, Version }, Stats: counter.types(), StatsKV: keys, TotalSize: counter.size, TotalSizeKV: sum(keys ?? []) }, '   ') + '\n')
    } else io.out(pretty(meta, counter.types(), counter.size, keys))
    return 0
  },
})

const sum = (rows: readonly Counted[]): number => rows.reduce((total, { Sum }) => total + Sum, 0)

function pretty ({ ID, Size, Index, Term, Version }: ArchiveMeta, types: readonly Counted[], size: number, keys: readonly Counted[] | null): string {
  const head = Object.entries({ ID, Size, Index, Term, Version }).map(([label, value]) => ` ${label.padEnd(13)}${value}\n`).join('')
  return `${head}\n${counts('Type', types, size)}${keys === null ? '' : `\n${counts('Key Name', keys, sum(keys))}`}`
}

const GAP = 6

function counts (title: string, rows: readonly Counted[], total: number): string {
  const table = [[title, 'Count', 'Size'], ['----', '----', '----'], ...rows.map(({ Name, Count, Sum }) => [Name, String(Count), byteSize(Sum)]), ['----', '----', '----'], ['Total', '', byteSize(total)]]
  const widths = [0, 1].map(column => Math.max(...table.map(row => row[column]!.length)) + GAP)
  return table.map(([name, count, size]) => ` ${name!.padEnd(widths[0]!)}${count!.padEnd(widths[1]!)}${size}\n`).join('')
}

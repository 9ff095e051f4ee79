// `roster intention create`

import { isNotFound } from '@roster/client/api'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { failure } from '../../config/fs.js'
import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { readAll } from '../io.js'
import { verb } from '../verb.js'
import { arrow, scopedName } from './names.js'
import type { Intention, IntentionBody, RosterApi } from '@roster/client/api'
import type { Io } from '../io.js'

export const intentionCreate = verb({
  usage: 'roster intention create [options] SRC DST\nUsage: roster intention create [options] -file FILE...',
  text: `Says that a service may, or may not, call another: of two names, or of JSON files
("-" is standard input). One that is there already is an error unless -replace is given.

    $ roster intention create web db
    $ roster intention create -deny "*" db`,
  words: 'file',
  flags: flags([
    { name: 'allow', kind: 'bool', default: false, help: 'It may. The default.' },
    { name: 'deny', kind: 'bool', default: false, help: 'It may not.' },
    { name: 'file', kind: 'bool', default: false, help: 'The words are files that hold intentions.' },
    { name: 'meta', kind: 'pairs', help: 'Metadata, as key=value. May be given several times.' },
    { name: 'replace', kind: 'bool', default: false, help: 'Replace the intention between the two that is there.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values, words, api, io, say, show, json }) {
    if (values.allow && values.deny) throw new Failure('Only one of -allow or -deny may be specified.')
    const bodies = values.file ? await Promise.all(words.map(path => fromFile(path, io))) : [fromWords(words, values)]
    for (const body of bodies) {
      const replaced = values.replace && await replace(api(), body)
      if (replaced) continue
      await attempt(`Error creating intention ${JSON.stringify(arrow(body))}`, api().intentions.create(body))
      if (!json) say(`Created: ${arrow(body)}`)
    }
    if (json) show(() => bodies, () => '')
    return 0
  },
})

function fromWords (words: readonly string[], { deny, meta }: { readonly deny: boolean, readonly meta: Readonly<Record<string, string>> }): IntentionBody {
  if (words.length !== 2) throw new Failure('Error: Must specify two arguments: source and destination')
  const [source, destination] = [scopedName(words[0]!), scopedName(words[1]!)]
  return {
    SourceNS: source.namespace,
    SourceName: source.name,
    DestinationNS: destination.namespace,
    DestinationName: destination.name,
    SourceType: 'consul',
    Action: deny ? 'deny' : 'allow',
    Meta: meta,
  } as IntentionBody
}

async function fromFile (path: string, io: Io): Promise<IntentionBody> {
  let text: string
  try {
    text = path === '-' ? (await readAll(io.stdin)).toString('utf8') : await readFile(resolve(io.cwd, path), 'utf8')
  } catch (error) {
    throw new Failure(`Error: ${failure('open', path, error)}`)
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as IntentionBody
    throw new Failure(`Error: ${path} holds no intention`)
  } catch (error) {
    if (error instanceof SyntaxError) throw new Failure(`Error: ${path}: ${error.message}`)
    throw error
  }
}

/** @returns whether there was one to replace */
async function replace (api: RosterApi, body: IntentionBody): Promise<boolean> {
  const { SourceName = '', DestinationName = '' } = body
  const what = `Error replacing intention ${JSON.stringify(arrow(body))}`
  const found = await attempt(what, api.intentions.get(SourceName, DestinationName).then(({ value }): Intention | undefined => value, (error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  }))
  if (found === undefined) return false
  // One that was written as part of a config entry has no ID.
  await attempt<unknown>(what, found.ID ? api.intentions.updateById(found.ID, body) : api.intentions.set(SourceName, DestinationName, { ...body, Meta: undefined }))
  return true
}

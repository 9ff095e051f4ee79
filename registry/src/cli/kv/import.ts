// `roster kv import`: takes in what `kv export` has written.

import { Base64Error, parseBase64 } from '../../http/decode/base64.js'
import { JsonNumber, JsonObject, JsonSyntaxError, parseJson } from '../../http/decode/json.js'
import { foldKey } from '../../http/decode/go-text.js'
import { scopeFlags, serverApiFlags } from '../common-flags.js'
import { dataArgument } from '../data-argument.js'
import { attempt } from '../attempt.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import type { JsonValue } from '../../http/decode/json.js'

export const kvImport = verb({
  usage: 'roster kv import [options] [DATA]',
  text: `Writes pairs as "roster kv export" shows them: DATA itself, a file with @FILE, or
standard input with "-". What is there already under these keys is overwritten.

    $ roster kv import @shop.json
    $ roster kv export shop/ | roster kv import -prefix=copy -`,
  flags: flags([
    { name: 'prefix', kind: 'string', default: '', help: 'Put in front of each key, with a slash between.' },
    ...scopeFlags,
    ...serverApiFlags,
  ]),
  async run ({ values: { prefix }, words, api, io, say, show, json }) {
    if (words.length === 0) throw new Failure('Error! Missing DATA argument')
    if (words.length > 1) throw new Failure(`Error! Too many arguments (expected 1, got ${words.length})`)
    if (words[0] === '') throw new Failure('Error! Empty DATA argument')
    const entries = entriesOf(await dataArgument(words[0]!, io))
    const keys: string[] = []
    for (const entry of entries) {
      const value = bytesOf(entry)
      const key = joined(prefix, entry.key)
      await attempt(`Error! Failed writing data for key ${key}`, api().kv.put(key, value, entry.flags === '0' ? {} : { flags: entry.flags }))
      keys.push(key)
      if (!json) say(`Imported: ${key}`)
    }
    if (json) show(() => keys, () => '')
    return 0
  },
})

interface Imported { readonly key: string, readonly flags: string, readonly value: string }

function bytesOf ({ key, value }: Imported): Buffer {
  try {
    return parseBase64(value)
  } catch (error) {
    if (error instanceof Base64Error) throw new Failure(`Error base 64 decoding value for key ${key}: ${error.message}`)
    throw error
  }
}

/** One slash between the two, however many they bring. */
function joined (prefix: string, key: string): string {
  if (prefix === '') return key
  return `${prefix.replace(/\/+$/, '')}/${key.replace(/^\/+/, '')}`
}

const refuse = (reason: string): never => { throw new Failure(`Cannot unmarshal data: ${reason}`) }
const kindOf = (value: JsonValue): string => value instanceof JsonNumber ? 'number' : typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : Array.isArray(value) ? 'array' : 'object'

/** @throws Failure in the words of Go's decoder */
function entriesOf (data: Buffer): readonly Imported[] {
  let tree: JsonValue
  try {
    tree = parseJson(data, { whole: true })
  } catch (error) {
    if (error instanceof JsonSyntaxError) return refuse(error.message === 'EOF' || error.message === 'unexpected EOF' ? 'unexpected end of JSON input' : error.message)
    throw error
  }
  if (tree === null) return []
  if (!Array.isArray(tree)) return refuse(`json: cannot unmarshal ${kindOf(tree)} into Go value of type []*impexp.Entry`)
  return tree.map(entry => entry instanceof JsonObject ? importedOf(entry) : refuse(`json: cannot unmarshal ${entry === null ? 'null' : kindOf(entry)} into Go value of type impexp.Entry`))
}

function importedOf (entry: JsonObject): Imported {
  const found = { key: '', flags: '0', value: '' }
  const mistyped = (value: JsonValue, field: string, type: string): never => refuse(`json: cannot unmarshal ${value instanceof JsonNumber && type !== 'string' ? `number ${value.raw}` : kindOf(value)} into Go struct field Entry.${field} of type ${type}`)
  entry.keys.forEach((name, i) => {
    const value = entry.values[i]!
    const field = (['key', 'flags', 'value'] as const).find(known => foldKey(known) === foldKey(name))
    if (field === undefined || value === null) return
    if (field === 'flags') found.flags = value instanceof JsonNumber && /^\d+$/.test(value.raw) && BigInt(value.raw) < 2n ** 64n ? value.raw : mistyped(value, field, 'uint64')
    else found[field] = typeof value === 'string' ? value : mistyped(value, field, 'string')
  })
  return found
}

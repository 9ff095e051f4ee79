// A config entry out of a file, HCL or JSON: plain data with its kind and its name. What the fields mean is for the server to judge.

import { ConfigSyntaxError } from '../../config/syntax/tree.js'
import { parseHcl } from '../../config/syntax/hcl.js'
import { parseJsonConfig } from '../../config/syntax/json.js'
import { fileBytes } from '../data-argument.js'
import { Failure } from '../failure.js'
import { readAll } from '../io.js'
import { isKind } from './kinds.js'
import type { ConfigEntry } from '@roster/client/api'
import type { Block, Tree } from '../../config/syntax/tree.js'
import type { Io } from '../io.js'

const WHAT = 'Failed to decode config entry input'

/** @param path `-` for standard input @throws Failure */
export async function readEntry (path: string, io: Io): Promise<ConfigEntry> {
  const text = (path === '-' ? await readAll(io.stdin) : await fileBytes(path, io, 'Failed to load data: ')).toString('utf8')
  const entries = Object.entries(plain(parse(text)) as Record<string, unknown>)
  const field = (wanted: string): unknown => entries.find(([key]) => key.toLowerCase() === wanted)?.[1]
  const [kind, name] = [field('kind'), field('name')]
  if (kind === undefined) throw new Failure(`${WHAT}: Payload does not contain a kind/Kind key at the top level`)
  if (typeof kind !== 'string') throw new Failure(`${WHAT}: Kind value in payload is not a string`)
  if (!isKind(kind)) throw new Failure(`${WHAT}: invalid config entry kind: ${kind}`)
  const rest = entries.filter(([key]) => !['kind', 'name'].includes(key.toLowerCase()))
  return { Kind: kind, ...name === undefined ? {} : { Name: String(name) }, ...Object.fromEntries(rest) }
}

function parse (text: string): Block {
  try {
    return text.trimStart().startsWith('{') ? parseJsonConfig(text) : parseHcl(text)
  } catch (error) {
    if (error instanceof ConfigSyntaxError) throw new Failure(`${WHAT}: ${WHAT}: ${error.message}`)
    throw error
  }
}

/** HCL writes one block as it writes a list of one; what stands in brackets is a list all the same. */
function plain (tree: Tree): unknown {
  switch (tree.kind) {
    case 'nothing': return null
    case 'scalar': return tree.value
    case 'list': return tree.blocks && tree.items.length === 1 ? plain(tree.items[0]!) : tree.items.map(plain)
    case 'block': return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plain(value)]))
  }
}

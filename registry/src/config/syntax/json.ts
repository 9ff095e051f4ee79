// Configuration files in JSON, comments (`#`, `//`, `/* */`) allowed. The grammar itself is http/decode/json.ts; here come comments, lines and the tree.

import { JsonNumber, JsonObject, JsonSyntaxError, parseJson, type JsonValue } from '../../http/decode/json.js'
import { ConfigSyntaxError, MAX_DEPTH, number, scalar, type Block, type Tree } from './tree.js'

/**
 * A file's text as a block. An empty file is an empty block.
 * @throws ConfigSyntaxError with the words of Go's JSON decoder
 */
export function parseJsonConfig (text: string): Block {
  const plain = blankComments(text)
  if (plain.trim() === '') return { kind: 'block', entries: [] }
  let value: JsonValue
  try {
    value = parseJson(Buffer.from(plain), { whole: true })
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new ConfigSyntaxError(error.message)
    throw error
  }
  if (!(value instanceof JsonObject)) {
    if (value === null) return { kind: 'block', entries: [] }
    const found = Array.isArray(value) ? 'array' : value instanceof JsonNumber ? 'number' : typeof value === 'boolean' ? 'bool' : 'string'
    throw new ConfigSyntaxError(`json: cannot unmarshal ${found} into Go value of type map[string]interface {}`, 1)
  }
  return toBlock(value, keyLines(plain), 0)
}

/** Comments become blanks of the same length, so that lines stay where they are. Text in quotes stays. */
function blankComments (text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|#[^\n]*|\/\*[^]*?\*\//g, found => found[0] === '"' ? found : found.replace(/[^\n]/g, ' '))
}

/** Lines of all keys in the order of the text, which is the order in which a walk from the top meets them. The text is known to be JSON. */
function * keyLines (text: string): Generator<number, number> {
  let line = 1
  for (const [found, colon] of text.matchAll(/\n|"(?:[^"\\]|\\.)*"(\s*:)?/g)) {
    if (found === '\n') line++
    else if (colon !== undefined) {
      yield line
      line += colon.split('\n').length - 1
    }
  }
  return line
}

function toBlock (object: JsonObject, lines: Iterator<number, number>, depth: number): Block {
  const entries = new Map<string, { key: string, line: number, value: Tree }>()
  object.keys.forEach((key, i) => {
    const line = lines.next().value
    const value = toTree(object.values[i]!, lines, depth + 1, line)
    // Of two equal keys the later counts, in the place of the earlier.
    entries.set(key, { key, line, value })
  })
  return { kind: 'block', entries: [...entries.values()] }
}

function toTree (value: JsonValue, lines: Iterator<number, number>, depth: number, line: number): Tree {
  if (depth > MAX_DEPTH) throw new ConfigSyntaxError('exceeded max depth', line)
  if (value === null) return { kind: 'nothing' }
  if (value instanceof JsonObject) return toBlock(value, lines, depth)
  if (Array.isArray(value)) return { kind: 'list', blocks: false, items: value.map(item => toTree(item, lines, depth + 1, line)) }
  if (!(value instanceof JsonNumber)) return scalar(value)
  const float = Number(value.raw)
  if (!Number.isFinite(float)) throw new ConfigSyntaxError(`json: cannot unmarshal number ${value.raw} into Go value of type float64`, line)
  return number(float, 'float64')
}

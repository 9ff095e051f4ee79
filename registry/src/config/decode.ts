// From a file's tree to a fragment: the keys that a table knows, typed, and a complaint about everything else, in the words of Consul's decoder.
// Values are taken as they are (a text is never a number); what they have to be like beyond their type is build/'s affair.

import type { Fragment, Key, Table } from './keys/key.js'
import type { Places } from './places.js'
import type { Block, Tree } from './syntax/tree.js'

export interface Complaint {
  readonly message: string
  readonly line: number | undefined
}

export interface Decoded<T extends Table> {
  readonly fragment: Fragment<T>
  /** Keys that the table does not have, the deepest first. */
  readonly unknown: readonly Complaint[]
  /** Values of the wrong type, sorted. */
  readonly mistyped: readonly Complaint[]
}

/** @param places told where each key stood, for complaints that come later */
export function decode<T extends Table> (tree: Block, table: T, places: Places, file: string): Decoded<T> {
  const decoder = new Decoder(places, file)
  const fragment = decoder.block(tree, table, '') as Fragment<T>
  return { fragment, unknown: decoder.unknown, mistyped: decoder.mistyped.sort((a, b) => a.message < b.message ? -1 : 1) }
}

/** Single values, which are taken out of lists of one, however deep: HCL cannot tell the two apart, and Consul does not try. */
const SINGLE: ReadonlySet<string> = new Set(['bool', 'string', 'int', 'uint', 'float'])

class Decoder {
  readonly unknown: Complaint[] = []
  readonly mistyped: Complaint[] = []
  #line: number | undefined

  constructor (readonly places: Places, readonly file: string) {}

  block (tree: Block, table: Table, path: string): Record<string, unknown> {
    const found = new Map<string, { readonly line: number, readonly value: Tree, readonly own: boolean }>()
    const unknown: Complaint[] = []
    for (const { key, line, value } of tree.entries) {
      const name = nameOf(key, table)
      if (name === undefined) unknown.push({ message: `invalid config key ${path}${key}`, line })
      // The key's own name counts before its other spellings.
      else if (found.get(name.name)?.own !== true || name.own) found.set(name.name, { line, value, own: name.own })
    }
    const fragment: Record<string, unknown> = {}
    // The block itself stands where its first key does, and an empty one where it is named.
    const own = tree.entries[0]?.line ?? this.#line
    if (own !== undefined) this.places.note(fragment, '', `${this.file}:${own}`)
    for (const [name, key] of Object.entries(table)) {
      const entry = found.get(name)
      if (entry === undefined) continue
      this.#line = entry.line
      const value = this.value(entry.value, key, `${path}${name}`)
      if (value === undefined) continue
      fragment[name] = value
      this.places.note(fragment, name, `${this.file}:${entry.line}`)
    }
    this.unknown.push(...unknown)
    return fragment
  }

  value (tree: Tree, key: Key, path: string): unknown {
    if (tree.kind === 'nothing') return undefined
    if (tree.kind === 'list' && tree.items.length === 1 && SINGLE.has(key.kind)) return this.value(tree.items[0]!, key, path)
    switch (key.kind) {
      case 'string': return tree.kind === 'scalar' && tree.type === 'string' ? tree.value : this.#mistyped(path, tree, 'string')
      case 'bool': return tree.kind === 'scalar' && tree.type === 'bool' ? tree.value : this.#mistyped(path, tree, 'bool')
      case 'float': return tree.kind === 'scalar' && typeof tree.value === 'number' ? tree.value : this.#mistyped(path, tree, 'float64')
      case 'int': return tree.kind === 'scalar' && typeof tree.value === 'number' ? Math.trunc(tree.value) : this.#mistyped(path, tree, 'int')
      case 'uint': return this.#uint(tree, path, key.goName ?? 'uint64')
      case 'strings': return this.#strings(tree, path)
      case 'stringMap': return this.#map(tree, path, 'map[string]string', (value, at) => this.value(value, STRING, at))
      case 'stringsMap': return this.#map(tree, path, 'map[string][]string', (value, at) => this.#strings(value, at))
      case 'map': return this.#map(tree, path, 'map[string]interface {}', plain)
      case 'maps': return this.#items(tree, path, (item, at) => this.#map(item, at, 'map[string]interface {}', plain))
      case 'block': return this.#block(tree, key, path)
      case 'blocks': return this.#items(tree, path, (item, at) => this.#block(item.kind === 'nothing' ? EMPTY : item, key, at))
      case 'blockMap': return this.#map(tree, path, `map[string]${key.goName ?? ''}`, (value, at) => this.#block(value.kind === 'list' && value.items.length === 1 ? value.items[0]! : value, key, at))
    }
  }

  #block (tree: Tree, key: Key, path: string): unknown {
    if (tree.kind === 'block') return this.block(tree, key.table!, `${path}.`)
    if (tree.kind === 'list' && tree.items.length === 1) return this.#block(tree.items[0]!, key, path)
    return this.#complain(`'${path}' expected a map or struct, got "${goKind(tree)}"`)
  }

  #uint (tree: Tree, path: string, goName: string): unknown {
    if (tree.kind !== 'scalar' || typeof tree.value !== 'number') return this.#mistyped(path, tree, goName)
    if (tree.value >= 0) return Math.trunc(tree.value)
    return this.#complain(`'${path}' cannot parse value as '${goName}': ${tree.type === 'int' ? String(tree.value) : tree.value.toFixed(6)} overflows uint`)
  }

  #strings (tree: Tree, path: string): unknown {
    return this.#items(tree, path, (item, at) => this.value(item, STRING, at))
  }

  #items (tree: Tree, path: string, read: (item: Tree, path: string) => unknown): unknown {
    if (tree.kind !== 'list') return tree.kind === 'nothing' ? undefined : this.#complain(`'${path}' source data must be an array or slice, got ${goKind(tree)}`)
    return tree.items.map((item, i) => read(item, `${path}[${i}]`)).filter(item => item !== undefined)
  }

  #map (tree: Tree, path: string, goName: string, read: (value: Tree, path: string) => unknown): unknown {
    const block = tree.kind === 'list' && tree.items.length === 1 ? tree.items[0]! : tree
    if (block.kind !== 'block') return block.kind === 'nothing' ? undefined : this.#mistyped(path, block, goName)
    const map: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    for (const entry of block.entries) {
      const value = read(entry.value, `${path}[${entry.key}]`)
      if (value !== undefined) map[entry.key] = value
    }
    return map
  }

  #mistyped (path: string, tree: Tree, goName: string): undefined {
    return this.#complain(`'${path}' expected type '${goName}', got unconvertible type '${goType(tree)}'`)
  }

  #complain (message: string): undefined {
    this.mistyped.push({ message, line: this.#line })
    return undefined
  }
}

const STRING: Key = { kind: 'string', aliases: [], ignored: undefined }

/** The table's key that a file's key means, in any letter case. */
function nameOf (key: string, table: Table): { readonly name: string, readonly own: boolean } | undefined {
  if (Object.hasOwn(table, key)) return { name: key, own: true }
  const small = key.toLowerCase()
  if (Object.hasOwn(table, small)) return { name: small, own: true }
  for (const [name, { aliases }] of Object.entries(table)) if (aliases.includes(small)) return { name, own: false }
  return undefined
}

/** A tree as plain data. One block alone is that block, since HCL writes it like a list of one. */
function plain (tree: Tree): unknown {
  switch (tree.kind) {
    case 'nothing': return undefined
    case 'scalar': return tree.value
    case 'list': return tree.items.length === 1 && tree.items[0]!.kind === 'block' ? plain(tree.items[0]!) : tree.items.map(item => plain(item) ?? null)
    case 'block': {
      const map = Object.create(null) as Record<string, unknown>
      for (const entry of tree.entries) map[entry.key] = plain(entry.value) ?? null
      return map
    }
  }
}

/** An empty block: what a null stands for where only a block can. */
const EMPTY: Block = { kind: 'block', entries: [] }

const goKind = (tree: Tree): string => tree.kind === 'scalar' ? tree.type : tree.kind === 'list' ? 'slice' : 'map'

const goType = (tree: Tree): string => tree.kind === 'scalar' ? tree.type : tree.kind === 'block' ? 'map[string]interface {}' : tree.kind === 'list' && tree.blocks ? '[]map[string]interface {}' : '[]interface {}'

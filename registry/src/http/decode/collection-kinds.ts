// Kinds around other kinds: lists, objects with free keys, and what may be absent. Objects with known keys are tables (table.ts).

import { JsonObject } from './json.js'
import { foundAs, type Kind } from './kind.js'
import { any, text } from './scalar-kinds.js'

/** A list; null when absent, which some rules tell from an empty one. */
export const list = <T> (of: Kind<T>, goType = `[]${of.goType}`): Kind<T[] | null> => ({
  goType,
  zero: () => null,
  isZero: value => value === null || value.length === 0,
  read (node, pass, current) {
    if (node === null) return null
    if (Array.isArray(node)) return node.map(item => of.read(item, pass, of.zero()))
    pass.mismatch(foundAs(node), goType)
    return current
  },
  schema: () => ({ type: ['array', 'null'], items: of.schema() }),
})

/** An object with free keys, of null prototype; null when absent. */
export const mapOf = <T> (of: Kind<T>, goType = `map[string]${of.goType}`): Kind<Record<string, T> | null> => ({
  goType,
  zero: () => null,
  isZero: value => value === null || Object.keys(value).length === 0,
  read (node, pass, current) {
    if (node === null) return null
    if (node instanceof JsonObject) {
      // An earlier key that folds to this one has left its entries: Go adds to them.
      const out = Object.assign(Object.create(null) as Record<string, T>, current)
      for (let i = 0; i < node.keys.length; i++) out[node.keys[i]!] = of.read(node.values[i]!, pass, of.zero())
      return out
    }
    pass.mismatch(foundAs(node), goType)
    return current
  },
  schema: () => ({ type: ['object', 'null'], additionalProperties: of.schema() }),
})

/** A list for which absent and empty are the same. */
export const listOrEmpty = <T> (of: Kind<T>, goType = `[]${of.goType}`): Kind<T[]> => {
  const base = list(of, goType)
  const none: T[] = []
  return { goType, zero: () => none, isZero: value => value.length === 0, read: (node, pass, current) => base.read(node, pass, current) ?? none, schema: base.schema }
}

/** An object with free keys for which absent and empty are the same. */
export const mapOrEmpty = <T> (of: Kind<T>, goType = `map[string]${of.goType}`): Kind<Record<string, T>> => {
  const base = mapOf(of, goType)
  const none = Object.create(null) as Record<string, T>
  return {
    goType,
    zero: () => none,
    isZero: base.isZero,
    read: (node, pass, current) => base.read(node, pass, current) ?? none,
    schema: base.schema,
  }
}

export const texts = list(text)
export const textMap = mapOf(text)
export const textsMap = mapOrEmpty(listOrEmpty(text))
export const anyMap = mapOf(any)

/** The same value, or undefined when absent, for bodies that are laid over defaults. */
export const sent = <T> (of: Kind<T>): Kind<T | undefined> => ({
  goType: of.goType,
  zero: () => undefined,
  isZero: value => value === undefined,
  // A null empties what can be null (a list) and leaves the default of what cannot (a text).
  read: (node, pass, current) => node === null && of.zero() !== null ? current : of.read(node, pass, current ?? of.zero()),
  schema: of.schema,
})

/** The same value, or null when absent: Go's pointer. */
export const optional = <T> (of: Kind<T>): Kind<T | null> => ({
  goType: of.goType,
  zero: () => null,
  isZero: value => value === null,
  read: (node, pass, current) => node === null ? null : of.read(node, pass, current ?? of.zero()),
  schema: of.schema,
})

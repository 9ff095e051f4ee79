// Weak kinds around other kinds: lists, objects with free keys, and what may be absent. Objects with known keys are shapes (shape.ts).

import { JsonObject } from '../json.js'
import { alone, entriesOf, type WeakKind } from './weak-kind.js'
import { any, text } from './weak-scalars.js'

/** A list; `null` when absent, which answers tell from an empty one. What is no list is a list of one; an empty object is an empty list. */
export const list = <T> (of: WeakKind<T>): WeakKind<readonly T[] | null> => ({
  goType: `[]${of.goType}`,
  zero: () => null,
  isEmpty: value => value === null || value.length === 0,
  read (node, at, pass) {
    if (node instanceof JsonObject && node.keys.length === 0) return []
    const items = Array.isArray(node) ? node : [node]
    return items.map((item, i) => item === null ? of.zero() : of.read(item, `${at}[${i}]`, pass))
  },
  show: value => value?.map(item => of.show(item)) ?? null,
})

/** A list in which `null` would be nobody's thing: it is refused, where Consul would crash. */
export const listOfSome = <T> (of: WeakKind<T>): WeakKind<readonly T[] | null> => {
  const base = list(of)
  return {
    ...base,
    goType: `[]*${of.goType}`,
    read (node, at, pass) {
      if (Array.isArray(node)) node.forEach((item, i) => { if (item === null) pass.problem(`${at}[${i}]`, 'must not be null') })
      return base.read(node, at, pass)
    },
  }
}

/** An object with free keys; `null` when absent. Several objects in a list are laid over each other. */
export const mapOf = <T> (of: WeakKind<T>): WeakKind<Readonly<Record<string, T>> | null> => {
  const kind: WeakKind<Readonly<Record<string, T>> | null> = {
    goType: `map[string]${of.goType}`,
    zero: () => null,
    isEmpty: value => value === null || Object.keys(value).length === 0,
    read (raw, at, pass) {
      const node = alone(raw)
      if (node === null) return null
      if (Array.isArray(node)) {
        const out: Record<string, T> = Object.create(null) as Record<string, T>
        node.forEach((item, i) => { if (item !== null) Object.assign(out, kind.read(item, `${at}[${i}]`, pass)) })
        return out
      }
      if (!(node instanceof JsonObject)) {
        pass.unfit(at, kind.goType, node)
        return null
      }
      // Without a prototype, so that no key (`__proto__`) has a meaning of its own.
      const out: Record<string, T> = Object.create(null) as Record<string, T>
      for (const [key, value] of entriesOf(node)) out[key] = value === null ? of.zero() : of.read(value, `${at}[${key}]`, pass)
      return out
    },
    show: value => value === null ? null : Object.fromEntries(Object.keys(value).sort().map(key => [key, of.show(value[key]!)])),
  }
  return kind
}

/** The same value, or `null` when absent: Go's pointer. It is shown when it is there, whatever it holds. */
export const optional = <T> (of: WeakKind<T>): WeakKind<T | null> => ({
  goType: of.goType,
  zero: () => null,
  isEmpty: value => value === null,
  read (raw, at, pass) {
    const node = alone(raw)
    return node === null ? null : of.read(node, at, pass)
  },
  show: value => value === null ? null : of.show(value),
})

export const texts = list(text)
export const textMap = mapOf(text)
export const anyMap = mapOf(any)

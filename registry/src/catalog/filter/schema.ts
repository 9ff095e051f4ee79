// What can be asked of one kind of record: its fields and their types, as data. `schemas.ts` lists the kinds, `compile.ts` checks selectors against them.

/**
 * Type of one field, which decides what may be asked:
 *
 * | kind | operators | a longer selector goes on with |
 * |---|---|---|
 * | `string` | `==` `!=` `in` (part of it) `matches` | nothing |
 * | `bool`, `int`, `uint` (`bits` wide) | `==` `!=` | nothing |
 * | `list` | `is empty`, and `in` if its items are plain | a field of its items: true if it is for any item |
 * | `address` | as a list of its bytes; on the wire it is text | nothing |
 * | `map` | `in` (its keys), `is empty` | a key |
 * | `struct` | none | one of its fields |
 */
export type Field =
  | { readonly kind: 'string' | 'bool' | 'address' }
  | { readonly kind: 'int' | 'uint', readonly bits: number }
  | { readonly kind: 'list' | 'map', readonly of: Field }
  | { readonly kind: 'struct', readonly fields: Fields }

export type Fields = Readonly<Record<string, Field>>

/** One kind of record. `name` is unique, as compiled filters are kept by it. */
export interface Schema { readonly name: string, readonly fields: Fields }

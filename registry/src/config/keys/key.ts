// What a key of a configuration file is: its kind, its other spellings, and whether Roster acts on it. From tables of these come the decoder
// (decode.ts), the merge of files (merge.ts), the TypeScript types of what was read, and the list in the docs of what is read and what is not.

export type KeyKind =
  | 'bool' | 'string' | 'int' | 'uint' | 'float'
  | 'strings' // list of strings
  | 'stringMap' // names to strings
  | 'stringsMap' // names to lists of strings
  | 'map' // anything below, kept as written
  | 'maps' // a list of such
  | 'block' // keys of a table
  | 'blocks' // a list of such; in HCL, one block after the other
  | 'blockMap' // names to such

/** `value` exists in the type alone: what the key decodes to. */
export interface Key<T = unknown> {
  readonly kind: KeyKind
  readonly table?: Table
  /** Name of the type in complaints: of a `blockMap` that of its blocks, of a `uint` its own. */
  readonly goName?: string
  readonly aliases: readonly string[]
  /** Undefined: Roster acts on the key. A text: it is accepted, and this is why nothing comes of it. */
  readonly ignored: string | undefined
  readonly value?: T
}

/** Keys by name. The order is that in which unknown keys below them are told. */
export interface Table { readonly [name: string]: Key }

/** What a table's block decodes to: only what the file says. */
export type Fragment<T extends Table> = { readonly [K in keyof T]?: T[K] extends Key<infer V> ? V : never }

type Scalars = { readonly [name: string]: unknown }

const makers = (ignored: string | undefined) => {
  const make = <T> (kind: KeyKind) => (...aliases: readonly string[]): Key<T> => ({ kind, aliases, ignored })
  return {
    bool: make<boolean>('bool'),
    string: make<string>('string'),
    int: make<number>('int'),
    uint: make<number>('uint'),
    uint32: (): Key<number> => ({ kind: 'uint', goName: 'uint32', aliases: [], ignored }),
    float: make<number>('float'),
    strings: make<readonly string[]>('strings'),
    stringMap: make<Readonly<Record<string, string>>>('stringMap'),
    stringsMap: make<Readonly<Record<string, readonly string[]>>>('stringsMap'),
    map: make<Scalars>('map'),
    maps: make<readonly Scalars[]>('maps'),
    block: <T extends Table>(table: T): Key<Fragment<T>> => ({ kind: 'block', table, aliases: [], ignored }),
    blocks: <T extends Table>(table: T): Key<ReadonlyArray<Fragment<T>>> => ({ kind: 'blocks', table, aliases: [], ignored }),
    blockMap: <T extends Table>(table: T, goName: string): Key<Readonly<Record<string, Fragment<T>>>> => ({ kind: 'blockMap', table, goName, aliases: [], ignored }),
  }
}

/** Keys that Roster acts on. A duration is a `string` here: it is read once all files are merged, since only the last one counts. */
export const acts = makers(undefined)

/** Keys of Consul that are accepted and change nothing, for a reason that the docs give. */
export const ignores = (why: string): ReturnType<typeof makers> => makers(why)

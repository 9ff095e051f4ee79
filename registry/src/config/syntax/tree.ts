// What a configuration file holds before anything is known of its keys: the common result of hcl.ts and json.ts, with the line of everything.

/** Names of types as Go's decoder says them in its complaints. */
export type ScalarType = 'string' | 'bool' | 'int' | 'float64'

export interface Scalar {
  readonly kind: 'scalar'
  readonly value: string | number | boolean
  readonly type: ScalarType
}

/** JSON's null: as if the key were not there. */
export interface Nothing { readonly kind: 'nothing' }

export interface List {
  readonly kind: 'list'
  readonly items: readonly Tree[]
  /** The file wrote blocks (`service { … }`), each of which is an item, and not a list: HCL cannot tell one block from a list of one. */
  readonly blocks: boolean
}

export interface Block {
  readonly kind: 'block'
  /** In the file's order, every key once. */
  readonly entries: readonly Entry[]
}

export interface Entry {
  readonly key: string
  /** 1 is the first. */
  readonly line: number
  readonly value: Tree
}

export type Tree = Scalar | Nothing | List | Block

/** The file breaks the rules of its language. `message` is what Consul's parser says. */
export class ConfigSyntaxError extends Error {
  constructor (message: string, readonly line?: number) {
    super(message)
    this.name = 'ConfigSyntaxError'
  }
}

/** How deep blocks and lists may nest; a file made by people does not come near. */
export const MAX_DEPTH = 200

export const scalar = (value: string | boolean): Scalar => ({ kind: 'scalar', value, type: typeof value === 'string' ? 'string' : 'bool' })
export const number = (value: number, type: 'int' | 'float64'): Scalar => ({ kind: 'scalar', value, type })

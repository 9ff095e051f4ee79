// The filter language as a tree: what `parse.ts` gives and `compile.ts` takes. Knows neither text nor records.

/** What a match does. The names are those that error texts quote; `contains` is `In` with its sides exchanged. */
export type Operator = 'Equal' | 'Not Equal' | 'In' | 'Not In' | 'Is Empty' | 'Is Not Empty' | 'Matches' | 'Not Matches'

/** One comparison: `Meta["a b"] != x` is `{ selector: ['Meta', 'a b'], operator: 'Not Equal', value: 'x' }`. `value` is absent for the two `Empty` operators. */
export interface Match {
  readonly kind: 'match'
  readonly selector: readonly string[]
  readonly operator: Operator
  readonly value?: string
}

/** A parsed filter. `and` and `or` hold two parts or more, in the order of the text. */
export type Expression =
  | Match
  | { readonly kind: 'and' | 'or', readonly parts: readonly Expression[] }
  | { readonly kind: 'not', readonly operand: Expression }

/** Why a text is no filter, or none for these records. Inside this folder only: `filter.ts` turns it into the answer that a door gives. */
export class FilterError extends Error {
  constructor (reason: string) {
    super(reason)
    this.name = 'FilterError'
  }
}

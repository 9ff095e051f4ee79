// The `?filter=` of list endpoints: text + kind of record => a function that says which records stay. The way in to this folder; doors that serve
// many requests take it through `filter-cache.ts`.

import { errors } from '../../errors.js'
import { compile } from './compile.js'
import type { Predicate } from './compile.js'
import type { Expression } from './expression.js'
import { FilterError } from './expression.js'
import { parse } from './parse.js'
import type { Schema } from './schema.js'

/** Whether a record stays. Takes it as the JSON object that the endpoint answers, such as `{ Node, Service, Checks }` of `health/service`. */
export type Filter = Predicate

/** How a door says that a filter is wrong: with the usual words in front of the reason, or with the reason alone. */
export type FilterAnswer = 'full' | 'bare'

const ANSWERS = { full: errors.FILTER, bare: errors.FILTER_BARE }
const all: Filter = () => true

/**
 * The filter that `text` describes, over records of `schema`. An empty text lets everything pass.
 *
 * @example compileFilter('Service == web and v1 in Tags', schemas.nodeService)({ Service: 'web', Tags: ['v1'] }) is true
 * @param answer `bare` for `health/service` and `health/connect` with `?cached` or an `?index` above 0, `full` anywhere else
 * @throws {RosterError} `FILTER` or `FILTER_BARE` (500) if the text is no expression or does not fit these records, also when there is none to filter
 */
export function compileFilter (text: string, schema: Schema, answer: FilterAnswer = 'full'): Filter {
  if (text === '') return all
  return answering(answer, () => compile(parse(text), schema))
}

/**
 * As {@link compileFilter}, but looks at the records only when there are some, which is how `agent/checks` does: without a check a wrong selector
 * is no error, and its text stands alone.
 *
 * @throws {RosterError} `FILTER` (500) now, if the text is no expression; the filter itself throws `FILTER_BARE` (500) at the first record
 */
export function deferFilter (text: string, schema: Schema): Filter {
  if (text === '') return all
  const expression: Expression = answering('full', () => parse(text))
  let filter: Filter | undefined
  return record => {
    filter ??= answering('bare', () => compile(expression, schema))
    return filter(record)
  }
}

/** Why `text` is no filter expression whatever it is asked of, or `undefined` if it is one: for filters that are stored and run later. */
export function whyNotFilter (text: string): string | undefined {
  try {
    parse(text)
  } catch (err) {
    if (err instanceof FilterError) return err.message
    throw err
  }
}

function answering<Result> (answer: FilterAnswer, work: () => Result): Result {
  try {
    return work()
  } catch (err) {
    throw err instanceof FilterError ? ANSWERS[answer](err.message) : err
  }
}

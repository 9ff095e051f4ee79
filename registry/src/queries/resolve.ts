// Which query an id or a name means: an id, else a name, else the template with the longest prefix of it, worked out for the name.

import { errors } from '../errors.js'
import { TemplateError } from './template/template.js'
import { templateOf } from './query-template.js'
import { isUuid } from './uuid.js'
import { isTemplate } from '../state/queries.js'
import type { QueryEntry } from '../state/queries.js'
import type { State } from '../state/state.js'

/** @returns undefined when there is none @throws RosterError 500 of a template that was asked for by its id, or does not fit this name */
export function resolveQuery (state: State, idOrName: string): QueryEntry | undefined {
  if (idOrName === '') return undefined
  const byId = isUuid(idOrName) ? state.queries.get(idOrName) : undefined
  if (byId !== undefined) {
    if (isTemplate(byId.value)) throw errors.QUERY_TEMPLATE_BY_ID()
    return byId
  }
  const found = state.queries.named(idOrName) ?? state.queries.templateFor(idOrName)
  if (found === undefined || !isTemplate(found.value)) return found
  try {
    return { ...found, value: templateOf(found.value).render(idOrName) }
  } catch (error) {
    if (error instanceof TemplateError) throw errors.QUERY_TEMPLATE_UNFIT(error.message)
    throw error
  }
}

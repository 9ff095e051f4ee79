// A text with `${…}` in it: compiled once, checked once, rendered any number of times. The way in to this folder; what expressions may name is up to the
// caller.

import { checkNames, typeOf } from './check.js'
import { evaluate } from './evaluate.js'
import { parseTemplate } from './parse.js'
import type { Declared } from './check.js'
import type { Scope } from './evaluate.js'

export { TemplateError } from './scan.js'

export interface CompiledText {
  /** @throws TemplateError of names that are not declared, and of types that do not go together */
  check (declared: Declared): void
  /** To be called for a text that was checked. @throws TemplateError of a text that is no number where one is needed */
  render (scope: Scope): string
}

/**
 * @example `a-${x}` with x = `b` gives `a-b`; `$$` stands for one `$`
 * @throws TemplateError when the text is no template
 */
export function compileText (text: string): CompiledText {
  // The usual text has nothing to be worked out.
  if (!text.includes('$')) return { check () {}, render: () => text }
  const root = parseTemplate(text)
  return {
    check (declared) {
      checkNames(root, declared)
      typeOf(root, declared)
    },
    render: scope => evaluate(root, scope).value as string,
  }
}

// What one types into a search box: words that must all be there, and `field:value` for tag, state, node, owner, zone, version and `meta.key:value`. Pure.

export interface Searched {
  readonly name: string
  readonly text: readonly string[]
  readonly fields: Readonly<Record<string, readonly string[] | undefined>>
  readonly meta?: Readonly<Record<string, string>> | undefined
}

interface Term { readonly field: string, readonly value: string, readonly not: boolean }

function terms (query: string): Term[] {
  return query.trim().toLowerCase().split(/\s+/).filter(word => word !== '').map(word => {
    const not = word.length > 1 && word.startsWith('-')
    const rest = not ? word.slice(1) : word
    const colon = rest.indexOf(':')
    return colon > 0 && /^(tag|state|node|owner|zone|version|name|service|id|meta\..+)$/.test(rest.slice(0, colon)) ? { field: rest.slice(0, colon), value: rest.slice(colon + 1), not } : { field: '', value: rest, not }
  })
}

/** Whether the query looks at what only instances have. */
export const needsInstances = (query: string): boolean => terms(query).some(({ field }) => /^(node|zone|version|id|meta\..*)$/.test(field))

export function matcher (query: string): ((of: Searched) => boolean) {
  const wanted = terms(query)
  if (wanted.length === 0) return () => true
  return of => wanted.every(term => holds(of, term) !== term.not)
}

function holds ({ name, text, fields, meta }: Searched, { field, value }: Term): boolean {
  if (field === '') return name.toLowerCase().includes(value) || text.some(one => one.toLowerCase().includes(value))
  if (field.startsWith('meta.')) {
    const key = field.slice('meta.'.length)
    return Object.entries(meta ?? {}).some(([k, v]) => k.toLowerCase() === key && (value === '' || v.toLowerCase().includes(value)))
  }
  const values = field === 'name' ? [name] : fields[field] ?? []
  // A tag or a state is meant whole, everything else by its beginning.
  return values.some(one => field === 'tag' || field === 'state' ? one.toLowerCase() === value : one.toLowerCase().startsWith(value))
}

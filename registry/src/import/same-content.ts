// Do two rows say the same? What a registry leaves out and what it spells out as nothing (null, '', 0, false, [], {}) count as equal, since which of them
// is shown depends on the version that shows it. Pure; used to tell "changed" from "there already".

/** Deep, whatever the order of keys. @example sameContent({ A: 1, B: null }, { A: 1, C: [] }) === true */
export const sameContent = (a: unknown, b: unknown): boolean => JSON.stringify(bare(a)) === JSON.stringify(bare(b))

/** Without what says nothing, keys in order. Entries of lists stay, since their place means something. */
function bare (value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(item => bare(item) ?? null)
  if (typeof value !== 'object' || value === null) return value === null || value === '' || value === 0 || value === false ? undefined : value
  const fields = Object.entries(value).map(([key, field]) => [key, bare(field)] as const).filter(([, field]) => field !== undefined)
  if (fields.length === 0) return undefined
  return Object.fromEntries(fields.sort(([x], [y]) => x < y ? -1 : 1))
}

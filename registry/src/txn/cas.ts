// Check-and-set on rows of the catalog, and the verbs that they know.

const VERBS: readonly string[] = ['get', 'set', 'cas', 'delete', 'delete-cas']

export const isKnown = (verb: string): boolean => VERBS.includes(verb)

/** Whether a row may be written: 0 means that there must be none. */
export const fits = (there: { readonly modifyIndex: number } | undefined, index: bigint): boolean => BigInt(there?.modifyIndex ?? 0) === index

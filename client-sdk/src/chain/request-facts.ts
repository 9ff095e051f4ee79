// What routes may look at in a request. Lazy, since most services have no routes.

export interface RequestFacts {
  readonly method: string
  /** With the query string. */
  readonly path: string
  /** Value of a header, by its name in any letter case; `undefined`: it is not there. */
  header (name: string): string | undefined
}

/** For what is no request: a pick by hand. */
export const noRequest: RequestFacts = { method: '', path: '/', header: () => undefined }

/** @example splitPath('/a?b=1') gives ['/a', 'b=1'] */
export function splitPath (path: string): readonly [path: string, query: string] {
  const end = path.search(/[?#]/)
  if (end < 0) return [path, '']
  return [path.slice(0, end), path[end] === '?' ? path.slice(end + 1).replace(/#.*$/, '') : '']
}

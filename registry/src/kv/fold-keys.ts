// `?keys&separator=/`: names up to the first separator behind the prefix, so that one level of folders is seen.

/** @param keys sorted; the result is too, each name once. An empty separator folds nothing. */
export function foldKeys (keys: Iterable<string>, prefix: string, separator: string): string[] {
  if (separator === '') return [...keys]
  const names = new Set<string>()
  for (const key of keys) {
    const at = key.indexOf(separator, prefix.length)
    names.add(at < 0 ? key : key.slice(0, at + separator.length))
  }
  return [...names]
}

// Settings do not change once they are read.

/** Freezes an object and all plain objects and lists below it. */
export function freeze<T> (value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const below of Object.values(value)) freeze(below)
  return value
}

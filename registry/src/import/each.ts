// Work on many rows, some at a time: enough to keep a connection busy, few enough to be a polite guest.

/**
 * Calls `work` for each item, at most `width` at once; ends when all are done.
 * @throws the first error, after which no further item is begun
 */
export async function each<T> (items: Iterable<T>, width: number, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]()
  let failed = false
  const worker = async (): Promise<void> => {
    for (let next = iterator.next(); next.done !== true && !failed; next = iterator.next()) {
      try {
        await work(next.value)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: width }, worker))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

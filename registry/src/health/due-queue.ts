// A binary heap of things that are due at some time; each knows its slot, so moving or removing one costs O(log n) and allocates nothing.
// It knows no clock: due-timer.ts puts one under it.
//
// Example: pushed at 30, 10, 20      slots   0:10  1:30  2:20
//          moved 10 → 25             slots   0:20  1:30  2:25
//          pop gives 20, then 25, then 30

/** Carried by whatever is queued; written by the queue alone. */
export interface Due {
  /** When, in any unit that only grows. */
  at: number
  /** Place in the heap; -1 while not queued. */
  slot: number
}

export class DueQueue<T extends Due> {
  readonly #heap: T[] = []

  get size (): number { return this.#heap.length }

  /** The one that is due first. */
  peek (): T | undefined { return this.#heap[0] }

  /** Queues `entry` at `at`, or moves it there. */
  set (entry: T, at: number): void {
    entry.at = at
    if (entry.slot === -1) {
      entry.slot = this.#heap.length
      this.#heap.push(entry)
      this.#up(entry)
    } else {
      this.#up(entry)
      this.#down(entry)
    }
  }

  delete (entry: T): void {
    if (entry.slot === -1) return
    const last = this.#heap.pop()!
    if (last !== entry) {
      last.slot = entry.slot
      this.#heap[last.slot] = last
      this.#up(last)
      this.#down(last)
    }
    entry.slot = -1
  }

  /** Gives each entry a new time (`at` of the entry). O(n). */
  reschedule (at: (entry: T) => number): void {
    for (const entry of this.#heap) entry.at = at(entry)
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#down(this.#heap[i]!)
  }

  clear (): void {
    for (const entry of this.#heap) entry.slot = -1
    this.#heap.length = 0
  }

  #up (entry: T): void {
    const heap = this.#heap
    let slot = entry.slot
    while (slot > 0) {
      const parent = heap[(slot - 1) >> 1]!
      if (parent.at <= entry.at) break
      heap[slot] = parent
      const free = parent.slot
      parent.slot = slot
      slot = free
    }
    heap[slot] = entry
    entry.slot = slot
  }

  #down (entry: T): void {
    const heap = this.#heap
    let slot = entry.slot
    for (;;) {
      let child = 2 * slot + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++
      const smaller = heap[child]!
      if (smaller.at >= entry.at) break
      heap[slot] = smaller
      smaller.slot = slot
      slot = child
    }
    heap[slot] = entry
    entry.slot = slot
  }
}

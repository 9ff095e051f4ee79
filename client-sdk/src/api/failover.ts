// Which of several servers to ask: the one that worked last, then the others in the order in which they were given. Pure; connections.ts has the sockets.

/**
 * Keeps to one server until it fails: a watcher that jumped between servers would compare their indexes for nothing.
 *
 * @example of a, b, c: order() is a b c; after failed(a) it is b c a, and stays so until b fails
 */
export class Failover<T> {
  #current = 0

  /** @param servers at least one, in order of preference */
  constructor (readonly servers: readonly T[]) {}

  get current (): T { return this.servers[this.#current]! }

  /** Every server once, beginning with the current one. */
  order (): readonly T[] { return [...this.servers.slice(this.#current), ...this.servers.slice(0, this.#current)] }

  /** Moves on, but only if `server` is still the current one: of a hundred requests that fail together, one moves. */
  failed (server: T): void {
    if (this.current === server) this.#current = (this.#current + 1) % this.servers.length
  }
}

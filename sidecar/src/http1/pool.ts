// The connections to one endpoint: the one used last is used first, so that those that are not needed grow old; none is used that the server may be closing just now.

import type { Target, Keeper, ConnectionParts } from './server-connection.js'
import { ServerConnection } from './server-connection.js'
import { IdleTime } from './idle-time.js'

/** Parts of the safe time that a connection must be younger than when its request can be sent only once. */
const ONCE_ONLY = 0.5
/** How much longer than it is used a connection is kept to see when the server closes it, as a factor, and at least, ms. */
const WATCHED = 2
const MIN_WATCHED_MS = 2000

export class Pool implements Keeper {
  readonly idleTime = new IdleTime()
  /** Not among those of the proxy any more. */
  retired = false
  readonly #idle: ServerConnection[] = []
  readonly #all = new Set<ServerConnection>()

  /** @param empty told when the last connection is gone */
  constructor (private readonly target: Target, private readonly parts: ConnectionParts, private readonly empty: () => void) {}

  get size (): number { return this.#all.size }
  get idleCount (): number { return this.#idle.length }

  /**
   * A connection whose turn it may be next: `begin` follows.
   * @param onceOnly the request must not be lost, since it cannot be sent again
   */
  take (onceOnly: boolean, now: number): ServerConnection {
    const newest = this.#idle.at(-1)
    if (newest !== undefined && now - newest.idleSince < this.idleTime.safeMs * (onceOnly ? ONCE_ONLY : 1)) {
      this.#idle.pop()
      return newest
    }
    return this.fresh()
  }

  /** A new one, whatever lies idle. */
  fresh (): ServerConnection {
    const connection = new ServerConnection(this.target, this, this.parts)
    this.#all.add(connection)
    return connection
  }

  close (): void { for (const connection of [...this.#all]) connection.destroy() }

  // === what connections tell ===

  idle (connection: ServerConnection): void {
    if (this.#idle.length >= this.parts.limits.idleConnections || this.idleTime.safeMs === 0) { connection.destroy(); return }
    connection.until = connection.idleSince + Math.max(MIN_WATCHED_MS, this.idleTime.safeMs * WATCHED)
    this.#idle.push(connection)
  }

  gone (connection: ServerConnection, idleMs: number | undefined): void {
    if (idleMs !== undefined) this.idleTime.closedAfter(idleMs)
    this.#all.delete(connection)
    const at = this.#idle.lastIndexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    if (this.#all.size === 0) this.empty()
  }

  unused (_connection: ServerConnection, idleMs: number): void { this.idleTime.openAfter(idleMs) }

  said (keepAliveMs: number): void { this.idleTime.said(keepAliveMs) }
}

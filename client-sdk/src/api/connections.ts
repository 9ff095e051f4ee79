// The sockets: one undici pool for each address, made at first use, all ended together. Knows how to reach a server, not what to say (transport.ts) nor which one (failover.ts).

import { Pool } from 'undici'
import type { Address, TlsOptions } from './address.js'

/** Bounds of the sockets to one address. */
export interface ConnectionOptions {
  /** Until a connection stands, TLS included, ms. More waits longer for a far server; less moves on sooner to the next one. */
  readonly connectTimeoutMs: number
  /** Connections to one address; a blocking query holds one for its whole wait. Requests beyond it wait for a free one, within their own timeout. */
  readonly maxConnections: number
  /** Longest message of a watch connection, bytes. */
  readonly maxMessageBytes: number
}

export class Connections {
  readonly #pools = new Map<Address, Pool>()

  constructor (private readonly tls: TlsOptions, private readonly options: ConnectionOptions) {}

  to (address: Address): Pool {
    let pool = this.#pools.get(address)
    if (pool === undefined) this.#pools.set(address, pool = this.#make(address))
    return pool
  }

  /** Ends every socket at once; what is under way is rejected with `reason`. */
  async destroy (reason: Error): Promise<void> {
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map(pool => pool.destroy(reason)))
  }

  #make (address: Address): Pool {
    const { connectTimeoutMs, maxConnections, maxMessageBytes } = this.options
    return new Pool(address.origin, {
      connections: maxConnections,
      pipelining: 1,
      // The transport has one timer for a whole call; two clocks for one thing would disagree.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: connectTimeoutMs,
        ...address.socketPath !== undefined && { socketPath: address.socketPath },
        ...address.tls && {
          ...this.tls.ca !== undefined && { ca: typeof this.tls.ca === 'string' ? this.tls.ca : [...this.tls.ca] },
          ...this.tls.cert !== undefined && { cert: this.tls.cert },
          ...this.tls.key !== undefined && { key: this.tls.key },
          ...this.tls.serverName !== undefined && { servername: this.tls.serverName },
          ...this.tls.verify !== undefined && { rejectUnauthorized: this.tls.verify },
        },
      },
      webSocket: { maxPayloadSize: maxMessageBytes },
    })
  }
}

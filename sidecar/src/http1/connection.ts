// What is known of a connection that a client opened: facts for routing, logs and forwarded headers.

export interface Connection {
  /** Address of the client without brackets or zone, such as `::1`. Empty when it went away before it was asked. */
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localPort: number
  /** Over TLS. */
  readonly encrypted: boolean
  /** What the listener wanted to have remembered. */
  readonly tag: unknown
}

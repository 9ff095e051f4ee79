// Bounds of everything a peer can make the proxy keep or wait for: each with its default, its reason and what happens at it.

export interface Http1Limits {
  /** Head of a request, bytes. Default 32 KiB; 431. */
  readonly requestHeadBytes: number
  /** Fields of a head. Default 100 (Envoy); 431. */
  readonly fields: number
  /** Request target, bytes. Default 16 KiB (RFC 9110 asks for at least 8,000); 414. */
  readonly targetBytes: number
  /** Head of an answer, bytes. Default 64 KiB; 502. */
  readonly responseHeadBytes: number
  /** Connections of clients at once. Default 10,000; more are closed at once. */
  readonly connections: number
  /** Of one address. Default no bound: behind a local listener there is one address. */
  readonly connectionsPerAddress: number
  /** From the first byte of a request (or the opening of its connection) to the end of its head, ms. Default 10,000; 408, so that nobody holds a connection by sending slowly. */
  readonly headMs: number
  /** Between two requests on a connection, ms. Default 75,000 (nginx); closed. */
  readonly keepAliveMs: number
  /** Without a byte of a request's body while we want to read, ms. Default 60,000; 408. Off for calls that take long by nature. */
  readonly requestIdleMs: number
  /** Without a byte of an answer's body, ms. Default 300,000 (Envoy's stream idle); the connection is cut. Off for calls that take long by nature. */
  readonly responseIdleMs: number
  /** Client that does not read what is there for it, ms. Default 60,000; cut. */
  readonly stalledMs: number
  /** To connect to an endpoint, TLS included, ms. Default 1,000 (linkerd, Consul); another endpoint is tried. */
  readonly connectMs: number
  /** Idle connections kept to one endpoint. Default 128; more are closed when they become idle. */
  readonly idleConnections: number
  /** Body kept for another attempt, bytes. Default 64 KiB (linkerd); a longer one is sent once. */
  readonly replayBytes: number
  /** How much of an upload nobody wants any more is read so that the client can read the answer, bytes. Default 1 MiB. */
  readonly lingerBytes: number
  /** And how long, ms. Default 2,000. */
  readonly lingerMs: number
  /** Upgraded connections and tunnels without a byte in either direction, ms. Default 3,600,000 (Envoy's TCP idle); cut. */
  readonly tunnelIdleMs: number
}

export const DEFAULT_LIMITS: Http1Limits = {
  requestHeadBytes: 32 * 1024,
  fields: 100,
  targetBytes: 16 * 1024,
  responseHeadBytes: 64 * 1024,
  connections: 10_000,
  connectionsPerAddress: Infinity,
  headMs: 10_000,
  keepAliveMs: 75_000,
  requestIdleMs: 60_000,
  responseIdleMs: 300_000,
  stalledMs: 60_000,
  connectMs: 1000,
  idleConnections: 128,
  replayBytes: 64 * 1024,
  lingerBytes: 1024 * 1024,
  lingerMs: 2000,
  tunnelIdleMs: 3_600_000,
}

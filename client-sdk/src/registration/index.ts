// What others build on: what one says when registering, and what one has of it then.

export { isLoopback } from './advertised-address.js'
export type { ClosableServer, GrpcServer, HostedServer, NodeServer } from './close-server.js'
export { DRAIN_DEFAULTS } from './drain.js'
export type { DrainOptions } from './drain.js'
export { EdgeReporter } from './edge-reporter.js'
export type { EdgeReporterParts, CalledService } from './edge-reporter.js'
export type { RegisterOptions } from './register-options.js'
export type { Registration } from './registration.js'

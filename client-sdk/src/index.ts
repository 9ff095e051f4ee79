// The package's public face. Internals are not importable.

export * from './api/index.js'
export * from './balance/index.js'
export * from './lock/index.js'
export * from './registration/index.js'
export * from './discovery/index.js'
export { systemClock } from './clock.js'
export type { CancelTimer, Clock } from './clock.js'
export { createClient } from './client.js'
export type { ClientOptions, ClientParts, RosterClient, ServiceOptions } from './client.js'
export type { PickedInstance, Service } from './service.js'

// The package's public face. Internals are not importable.

export * from './api/index.js'
export * from './balance/index.js'
export * from './lock/index.js'
export { systemClock } from './clock.js'
export type { CancelTimer, Clock } from './clock.js'

// The wire: heads, bodies and their bounds, as pure functions and state machines over bytes. No socket, no clock.

export { isAuthority, sameAuthority, splitAuthority } from './authority.js'
export { Body } from './body.js'
export { faults } from './fault.js'
export type { Fault } from './fault.js'
export { FieldLines } from './field-lines.js'
export { dropping, keptLines, keptTrailers, mayBeTrailer } from './forwarded-lines.js'
export { headEnd } from './head-end.js'
export { NO_HEAD, parseRequestHead, RequestHead } from './request-head.js'
export { parseResponseHead, ResponseHead } from './response-head.js'

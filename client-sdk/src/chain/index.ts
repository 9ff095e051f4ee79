// What others build on: following the discovery chain of a service, for whoever calls in another way than the faces of this package (the sidecar).

export { ChainSource, fixedWays } from './chain-source.js'
export type { ChainSourceParts, WaysSource } from './chain-source.js'
export { Lanes } from './lanes.js'
export type { LaneHints, LanesParts, Leg, Legs, ServiceExplained } from './lanes.js'
export { cookieValue, queryParam, rewritten, withChanges } from './request-changes.js'
export type { HeaderChanges, PathRewrite } from './request-changes.js'
export { noRequest, splitPath } from './request-facts.js'
export type { RequestFacts } from './request-facts.js'
export { plainWays, waysOf } from './ways.js'
export type { Destination, SharedWay, Way, Ways } from './ways.js'

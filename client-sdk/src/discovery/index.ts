// What others build on: sources of instances, and the parts that a sidecar or a test puts together differently.

export { defaultCacheDirectory } from './disk-cache.js'
export type { DnsOptions } from './dns-source.js'
export type { Feed, FeedSink } from './feed.js'
export type { ReadyOptions, ServiceSnapshot, ServiceSource } from './service-source.js'

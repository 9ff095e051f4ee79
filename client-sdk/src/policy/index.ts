// What others build on: the shape of policies, their check, the file.

export { checkPolicyFile, checkServicePolicy } from './check.js'
export { loadPolicyFile, parsePolicyFile, watchPolicyFile } from './load.js'
export type { PolicyWatch, WatchedPolicyFile } from './load.js'
export { policyLayers, resolvePolicy, routePolicy } from './merge.js'
export type { ResolvedPolicy, ResolvedRoute } from './merge.js'
export { policySchema } from './schema.js'
export type * from './policy.js'

// `@roster/client/testing`: what an application's own tests need.

export { seededRandom } from './seeded-random.js'
export { createTestRegistry } from './test-registry.js'
export type { ScriptedInstance, TestRegistry, TestRegistryOptions } from './test-registry.js'
export { virtualClock } from './virtual-clock.js'
export type { VirtualClock } from './virtual-clock.js'

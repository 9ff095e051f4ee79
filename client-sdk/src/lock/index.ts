// Locks, semaphores and elections over the registry's keys and sessions; contenders of Consul's own clients included.

export type { Held, HoldOptions, LockApi } from './held.js'
export { leaderElection } from './leader-election.js'
export type { Election, ElectionOptions, Leader, Term } from './leader-election.js'
export { destroyLock, lock, tryLock } from './lock.js'
export type { LockOptions } from './lock.js'
export { semaphore, trySemaphore } from './semaphore.js'
export type { SemaphoreOptions } from './semaphore.js'
export { joinKey, LOCK_FLAGS, SEMAPHORE_FLAGS, SEMAPHORE_KEY } from './wire.js'

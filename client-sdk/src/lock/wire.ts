// How locks lie on the wire: the layout that Consul's own clients use, so that a process in another language can contend for the same lock.
//
//   a lock        <key>                 flags LOCK_FLAGS; held by the session that acquired it
//   a semaphore   <prefix>/.lock        flags SEMAPHORE_FLAGS; {"Limit":3,"Holders":{"<session>":true}}, changed by check-and-set
//                 <prefix>/<session>    flags SEMAPHORE_FLAGS; one a contender, held by its session and deleted with it

/** Marks a key as a lock, in decimal digits: JavaScript's numbers do not hold it. */
export const LOCK_FLAGS = '3304740253564472344' // 0x2ddccbc058a50c18
/** Marks the keys of a semaphore. */
export const SEMAPHORE_FLAGS = '16210313421097356768' // 0xe0f69a2baa414de0

/** Flags as an answer has them: rounded to a double, so they are compared as such. */
export const hasFlags = (pair: { readonly Flags: number }, flags: string): boolean => pair.Flags === Number(flags)

/** Below a semaphore's prefix: who holds a slot. */
export const SEMAPHORE_KEY = '.lock'

/** Joined as file paths are, without empty and dot segments. */
export const joinKey = (prefix: string, name: string): string => [...prefix.split('/').filter(part => part !== '' && part !== '.'), name].join('/')

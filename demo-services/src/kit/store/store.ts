// A service's own data: rows by key, changed in transactions. `DATABASE_URL` says where; the drivers are embedded.ts (LMDB) and postgres.ts, and both pass the same tests.

import type { MakeWork } from './work.js'

export interface Store {
  /** Runs it as the only one that changes anything, and keeps what it put once it has ended without an error. Resolves when that is durable. */
  change<T> (work: MakeWork<T>): Promise<T>
  /** Runs it on one state of everything. What it puts is an error. */
  read<T> (work: MakeWork<T>): Promise<T>
  /** Idempotent. */
  close (): Promise<void>
}

/** Where a service keeps its data when nobody says: a folder of its own. @param folder of all that belongs to this run of the shop */
export const defaultUrl = (service: string, folder = '.'): string => `file:${folder}/data/${service}`

/**
 * Opens the store of one service. It belongs to that service from the first time on: another one is refused, so that a mistaken URL does not become shared data.
 *
 * @param url `file:<folder>` for an embedded store, which several processes of one host may open; `postgres://…` for several hosts
 * @throws Error for any other URL, or when the store belongs to another service
 */
export async function openStore (service: string, url: string): Promise<Store> {
  const store = await open(url)
  try {
    await store.change(function * () {
      const owner = (yield { kind: 'get', key: OWNER }) as string | undefined
      if (owner === undefined) yield { kind: 'put', key: OWNER, value: service }
      else if (owner !== service) throw new Error(`This store belongs to "${owner}"; "${service}" needs one of its own`)
    })
  } catch (error) {
    await store.close()
    throw error
  }
  return store
}

const OWNER = 'owner'

// Each driver is loaded when it is wanted: a process holds only what it uses.
async function open (url: string): Promise<Store> {
  if (url.startsWith('file:')) return (await import('./embedded.js')).openEmbedded(url.slice('file:'.length).replace(/^\/\/(?=\/)/, ''))
  if (/^postgres(ql)?:\/\//.test(url)) return await (await import('./postgres.js')).openPostgres(url)
  throw new Error(`DATABASE_URL must begin with file: or postgres://, not ${url.split(':')[0]}:`)
}

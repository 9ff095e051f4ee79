// Accounts, and the key that signs tokens: made once, shared by all instances.
//
//   account/<name>   in lower case, so that there is one Ada
//   signing-key      private JWK

import type { JWK } from 'jose'
import { ShopError } from '../kit/errors.js'
import { get, put } from '../kit/store/work.js'
import type { Work } from '../kit/store/work.js'

export interface Account { readonly id: string, readonly name: string, readonly password: string, readonly since: number }

/** @throws ShopError NAME_TAKEN */
export function * open (account: Account): Work<Account> {
  const key = `account/${account.name.toLowerCase()}`
  if ((yield * get(key)) !== undefined) throw new ShopError('NAME_TAKEN', account.name)
  yield * put(key, account)
  return account
}

export function * byName (name: string): Work<Account | undefined> {
  return yield * get<Account>(`account/${name.toLowerCase()}`)
}

/** The first one that comes with a key has made it for all. */
export function * signingKey (made: JWK): Work<JWK> {
  const kept = yield * get<JWK>('signing-key')
  if (kept !== undefined) return kept
  yield * put('signing-key', made)
  return made
}

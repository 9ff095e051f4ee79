// Tokens as everybody but `users` sees them: signed there, verified here, with public keys that are fetched once and kept. So who is signed in stays signed in while `users` is away.

import { createLocalJWKSet, jwtVerify } from 'jose'
import type { JSONWebKeySet } from 'jose'
import type { Caller } from './dependencies.js'
import { ShopError } from './errors.js'

export const ISSUER = 'shop/users'
export const ALGORITHM = 'EdDSA'

/** Who asks. */
export interface Identity { readonly user: string, readonly name: string }

/** How often keys are asked for at most, ms: a forged token must not become a load on `users`. */
const ASK_MS = 5000

export interface Verifier {
  /**
   * @param header of the request: `Bearer …`
   * @throws ShopError NOT_SIGNED_IN, BAD_TOKEN; NOT_NOW while no key is known and `users` cannot be asked
   */
  verify (header: string | undefined): Promise<Identity>
}

export function verifier (users: Caller, now: () => number = Date.now): Verifier {
  let keys: ReturnType<typeof createLocalJWKSet> | undefined
  let askedAt = -Infinity
  let asking: Promise<void> | undefined

  const ask = (): Promise<void> => asking ??= users.call<JSONWebKeySet>('GET', '/keys')
    .then(({ body }) => { keys = createLocalJWKSet(body); askedAt = now() })
    .finally(() => { asking = undefined })

  async function check (token: string): Promise<Identity> {
    const { payload } = await jwtVerify(token, keys!, { issuer: ISSUER, algorithms: [ALGORITHM] })
    if (typeof payload.sub !== 'string') throw new Error('no subject')
    return { user: payload.sub, name: String(payload['name'] ?? payload.sub) }
  }

  return {
    async verify (header) {
      const token = /^Bearer (\S+)$/.exec(header ?? '')?.[1]
      if (token === undefined) throw new ShopError('NOT_SIGNED_IN')
      if (keys === undefined) await ask()
      try { return await check(token) } catch (error) {
        // A key that is not known may be a new one; asked for seldom, and only then.
        if ((error as { code?: string }).code !== 'ERR_JWKS_NO_MATCHING_KEY' || now() - askedAt < ASK_MS) throw new ShopError('BAD_TOKEN')
      }
      try { await ask(); return await check(token) } catch { throw new ShopError('BAD_TOKEN') }
    },
  }
}

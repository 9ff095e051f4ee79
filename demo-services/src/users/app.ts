// Users: accounts, and tokens that others verify by themselves.

import { randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'
import type { JWK } from 'jose'
import type { ServiceDefinition } from '../kit/definition.js'
import { ShopError } from '../kit/errors.js'
import { ALGORITHM, ISSUER } from '../kit/tokens.js'
import { deps } from './deps.js'
import { faults } from './faults.js'
import { hash, matches } from './passwords.js'
import * as accounts from './store.js'
import type { Account } from './store.js'

/** A working day. */
const TOKEN_LIFE = '12h'

const CREDENTIALS = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'password'],
  properties: { name: { type: 'string', pattern: '^[\\p{L}\\p{N} ._-]{2,40}$' }, password: { type: 'string', minLength: 8, maxLength: 200 } },
} as const
type Credentials = Pick<Account, 'name' | 'password'>

export const users: ServiceDefinition = {
  name: 'users',
  version: '1.0.0',
  owner: 'team-accounts',
  purpose: 'Knows who is who, and signs that.',
  deps,
  faults,
  keeps: true,

  async start ({ http, store }) {
    const made = await exportJWK((await generateKeyPair(ALGORITHM, { extractable: true })).privateKey)
    const jwk = await store.change(() => accounts.signingKey(made as JWK))
    const kid = await calculateJwkThumbprint(jwk)
    const key = await importJWK(jwk, ALGORITHM)
    const { d: _private, ...published } = jwk

    const tokenOf = async ({ id, name }: Account) => ({
      token: await new SignJWT({ name }).setProtectedHeader({ alg: ALGORITHM, kid }).setSubject(id).setIssuer(ISSUER).setIssuedAt().setExpirationTime(TOKEN_LIFE).sign(key),
      user: { id, name },
    })

    http.get('/keys', async () => ({ keys: [{ ...published, kid, alg: ALGORITHM, use: 'sig' }] }))
    http.post<{ Body: Credentials }>('/accounts', { schema: { body: CREDENTIALS } }, async ({ body }, reply) => {
      const account = { id: randomUUID(), name: body.name, password: await hash(body.password), since: Date.now() }
      return reply.code(201).send(await tokenOf(await store.change(() => accounts.open(account))))
    })
    http.post<{ Body: Credentials }>('/tokens', { schema: { body: CREDENTIALS } }, async ({ body }) => {
      const account = await store.read(() => accounts.byName(body.name))
      // The same work for a name that nobody has: how long it takes tells nothing.
      const fits = await matches(body.password, account?.password ?? 'AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')
      if (account === undefined || !fits) throw new ShopError('WRONG_PASSWORD')
      return await tokenOf(account)
    })
  },
}

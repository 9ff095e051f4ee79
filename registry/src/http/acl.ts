// /v1/acl: tokens, policies, roles and the like. With access control off, which is all that this version starts with, every one of them says so.

import { errors } from '../errors.js'
import type { Handler, Method, Route } from './route.js'

/** Every path of the family with its methods, in the order in which `Allow` lists them. */
const PATHS: ReadonlyArray<readonly [path: string, ...methods: readonly Method[]]> = [
  ['/v1/acl/bootstrap', 'PUT'],
  ['/v1/acl/login', 'POST'],
  ['/v1/acl/logout', 'POST'],
  ['/v1/acl/replication', 'GET'],
  ['/v1/acl/policies', 'GET'],
  ['/v1/acl/policy', 'PUT'],
  ['/v1/acl/policy/', 'GET', 'PUT', 'DELETE'],
  ['/v1/acl/policy/name/', 'GET'],
  ['/v1/acl/roles', 'GET'],
  ['/v1/acl/role', 'PUT'],
  ['/v1/acl/role/', 'GET', 'PUT', 'DELETE'],
  ['/v1/acl/role/name/', 'GET'],
  ['/v1/acl/binding-rules', 'GET'],
  ['/v1/acl/binding-rule', 'PUT'],
  ['/v1/acl/binding-rule/', 'GET', 'PUT', 'DELETE'],
  ['/v1/acl/auth-methods', 'GET'],
  ['/v1/acl/auth-method', 'PUT'],
  ['/v1/acl/auth-method/', 'GET', 'PUT', 'DELETE'],
  ['/v1/acl/tokens', 'GET'],
  ['/v1/acl/token', 'PUT'],
  ['/v1/acl/token/self', 'GET'],
  ['/v1/acl/token/', 'GET', 'PUT', 'DELETE'],
  ['/v1/acl/templated-policies', 'GET'],
  ['/v1/acl/templated-policy/name/', 'GET'],
  ['/v1/acl/templated-policy/preview/', 'POST'],
  ['/v1/internal/acl/authorize', 'POST'],
]

const disabled: Handler = () => { throw errors.ACL_DISABLED() }

export const aclRoutes: readonly Route[] = PATHS.map(([path, ...methods]) => ({ path, methods: Object.fromEntries(methods.map(method => [method, disabled])) }))

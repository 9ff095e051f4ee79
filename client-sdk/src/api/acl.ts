// Access control: tokens, policies, roles, login (`/v1/acl/…`). With access control off every call throws AclDisabledError.

import type { GoDuration } from './check-definition.js'
import { dictionary, flag, json, list, nothing, record } from './decode.js'
import type { Answer } from './meta.js'
import { path } from './options.js'
import type { CallOptions, ReadOptions } from './options.js'
import type { Transport } from './transport.js'

/** By id, by name, or both; the server fills in the other. */
export interface AclLink { readonly ID?: string, readonly Name?: string }
export interface ServiceIdentity { readonly ServiceName: string, readonly Datacenters?: readonly string[] }
export interface NodeIdentity { readonly NodeName: string, readonly Datacenter: string }
export interface TemplatedPolicyLink { readonly TemplateName: string, readonly TemplateVariables?: Readonly<Record<string, string>>, readonly Datacenters?: readonly string[] }

interface Grants {
  readonly Policies?: readonly AclLink[] | null
  readonly ServiceIdentities?: readonly ServiceIdentity[] | null
  readonly NodeIdentities?: readonly NodeIdentity[] | null
  readonly TemplatedPolicies?: readonly TemplatedPolicyLink[] | null
}

interface Stamped { readonly Hash: string, readonly CreateIndex: number, readonly ModifyIndex: number }

export interface AclTokenBody extends Grants {
  readonly AccessorID?: string
  readonly SecretID?: string
  readonly Description?: string
  readonly Roles?: readonly AclLink[] | null
  readonly Local?: boolean
  readonly AuthMethod?: string
  /** RFC 3339. */
  readonly ExpirationTime?: string
  readonly ExpirationTTL?: GoDuration
}

export interface AclToken extends AclTokenBody, Stamped { readonly AccessorID: string, readonly SecretID: string, readonly Description: string, readonly Local: boolean, readonly CreateTime: string }

export interface AclPolicyBody { readonly ID?: string, readonly Name: string, readonly Description?: string, readonly Rules?: string, readonly Datacenters?: readonly string[] | null }
export interface AclPolicy extends AclPolicyBody, Stamped { readonly ID: string, readonly Description: string }

export interface AclRoleBody extends Grants { readonly ID?: string, readonly Name: string, readonly Description?: string }
export interface AclRole extends AclRoleBody, Stamped { readonly ID: string, readonly Description: string }

export interface AclAuthMethodBody {
  readonly Name: string
  readonly Type: string
  readonly DisplayName?: string
  readonly Description?: string
  readonly MaxTokenTTL?: GoDuration
  readonly TokenLocality?: 'local' | 'global'
  readonly Config: Readonly<Record<string, unknown>>
}
export interface AclAuthMethod extends Omit<AclAuthMethodBody, 'Config'> { readonly Config?: Readonly<Record<string, unknown>>, readonly CreateIndex: number, readonly ModifyIndex: number }

export interface AclBindingRuleBody {
  readonly ID?: string
  readonly Description?: string
  readonly AuthMethod: string
  readonly Selector?: string
  readonly BindType: 'service' | 'node' | 'role' | 'policy' | 'templated-policy'
  readonly BindName: string
  readonly BindVars?: Readonly<Record<string, string>>
}
export interface AclBindingRule extends AclBindingRuleBody { readonly ID: string, readonly CreateIndex: number, readonly ModifyIndex: number }

export interface AclTemplatedPolicy { readonly TemplateName: string, readonly Schema: string, readonly Template: string, readonly Description: string }

export interface AclReplication {
  readonly Enabled: boolean
  readonly Running: boolean
  readonly SourceDatacenter: string
  readonly ReplicationType: string
  readonly ReplicatedIndex: number
  readonly ReplicatedRoleIndex: number
  readonly ReplicatedTokenIndex: number
  readonly LastSuccess: string
  readonly LastError: string
  readonly LastErrorMessage: string
}

/** One right to ask about. */
export interface AccessQuestion { readonly Resource: string, readonly Segment?: string, readonly Access: 'read' | 'list' | 'write' }
export interface AccessAnswer extends AccessQuestion { readonly Allow: boolean }

/** At most one of these. */
export interface TokenSelectors { readonly policy?: string, readonly role?: string, readonly serviceName?: string, readonly authMethod?: string }

const token = json(record<AclToken>())
const policy = json(record<AclPolicy>())
const role = json(record<AclRole>())
const method = json(record<AclAuthMethod>())
const rule = json(record<AclBindingRule>())
const done = json(flag)

export const aclApi = (http: Transport) => ({
  /** The first token, which may do everything; once only. */
  bootstrap: ({ secret, ...options }: CallOptions & { readonly secret?: string } = {}): Promise<Answer<AclToken>> =>
    http.call({ method: 'PUT', path: '/v1/acl/bootstrap', body: secret === undefined ? undefined : { BootstrapSecret: secret }, decode: token }, options),
  replication: (options: CallOptions = {}): Promise<Answer<AclReplication>> => http.call({ method: 'GET', path: '/v1/acl/replication', decode: json(record<AclReplication>()) }, options),
  /** Trades what an auth method accepts for a token. */
  login: (body: { readonly AuthMethod: string, readonly BearerToken: string, readonly Meta?: Readonly<Record<string, string>> }, options: CallOptions = {}): Promise<Answer<AclToken>> =>
    http.call({ method: 'POST', path: '/v1/acl/login', body, decode: token }, options),
  /** Ends the token that the call is made with; it must come from a login. */
  logout: (options: CallOptions = {}): Promise<Answer<void>> => http.call({ method: 'POST', path: '/v1/acl/logout', decode: nothing }, options),
  /** Which of these may the token do? */
  authorize: (questions: readonly AccessQuestion[], options: CallOptions = {}): Promise<Answer<readonly AccessAnswer[]>> =>
    http.call({ method: 'POST', path: '/v1/internal/acl/authorize', body: questions, idempotent: true, decode: json(list(record<AccessAnswer>())) }, options),

  // === tokens; by accessor id, never by secret ===
  tokens: ({ policy, role, serviceName, authMethod, ...options }: ReadOptions & TokenSelectors = {}): Promise<Answer<readonly AclToken[]>> =>
    http.call({ method: 'GET', path: '/v1/acl/tokens', query: { policy, role, servicename: serviceName, authmethod: authMethod }, decode: json(list(record<AclToken>())) }, options),
  createToken: (body: AclTokenBody, options: CallOptions = {}): Promise<Answer<AclToken>> => http.call({ method: 'PUT', path: '/v1/acl/token', body, decode: token }, options),
  /** @param expanded with the rules of all it links to */
  token: (accessor: string, { expanded, ...options }: ReadOptions & { readonly expanded?: boolean } = {}): Promise<Answer<AclToken>> =>
    http.call({ method: 'GET', path: path`/v1/acl/token/${accessor}`, query: { expanded: expanded === true ? 'true' : undefined }, decode: token }, options),
  /** The token that the call is made with. */
  selfToken: (options: CallOptions = {}): Promise<Answer<AclToken>> => http.call({ method: 'GET', path: '/v1/acl/token/self', decode: token }, options),
  /** Replaces links and description as a whole. */
  updateToken: (accessor: string, body: AclTokenBody, options: CallOptions = {}): Promise<Answer<AclToken>> =>
    http.call({ method: 'PUT', path: path`/v1/acl/token/${accessor}`, body, idempotent: true, decode: token }, options),
  cloneToken: (accessor: string, { description, ...options }: CallOptions & { readonly description?: string } = {}): Promise<Answer<AclToken>> =>
    http.call({ method: 'PUT', path: path`/v1/acl/token/${accessor}/clone`, body: { Description: description ?? '' }, decode: token }, options),
  deleteToken: (accessor: string, options: CallOptions = {}): Promise<Answer<boolean>> => http.call({ method: 'DELETE', path: path`/v1/acl/token/${accessor}`, decode: done }, options),

  // === policies ===
  policies: (options: ReadOptions = {}): Promise<Answer<readonly AclPolicy[]>> => http.call({ method: 'GET', path: '/v1/acl/policies', decode: json(list(record<AclPolicy>())) }, options),
  createPolicy: (body: AclPolicyBody, options: CallOptions = {}): Promise<Answer<AclPolicy>> => http.call({ method: 'PUT', path: '/v1/acl/policy', body, decode: policy }, options),
  policy: (id: string, options: ReadOptions = {}): Promise<Answer<AclPolicy>> => http.call({ method: 'GET', path: path`/v1/acl/policy/${id}`, decode: policy }, options),
  policyByName: (name: string, options: ReadOptions = {}): Promise<Answer<AclPolicy>> => http.call({ method: 'GET', path: path`/v1/acl/policy/name/${name}`, decode: policy }, options),
  updatePolicy: (id: string, body: AclPolicyBody, options: CallOptions = {}): Promise<Answer<AclPolicy>> => http.call({ method: 'PUT', path: path`/v1/acl/policy/${id}`, body, idempotent: true, decode: policy }, options),
  deletePolicy: (id: string, options: CallOptions = {}): Promise<Answer<boolean>> => http.call({ method: 'DELETE', path: path`/v1/acl/policy/${id}`, decode: done }, options),

  // === roles ===
  roles: ({ policy, ...options }: ReadOptions & { readonly policy?: string } = {}): Promise<Answer<readonly AclRole[]>> =>
    http.call({ method: 'GET', path: '/v1/acl/roles', query: { policy }, decode: json(list(record<AclRole>())) }, options),
  createRole: (body: AclRoleBody, options: CallOptions = {}): Promise<Answer<AclRole>> => http.call({ method: 'PUT', path: '/v1/acl/role', body, decode: role }, options),
  role: (id: string, options: ReadOptions = {}): Promise<Answer<AclRole>> => http.call({ method: 'GET', path: path`/v1/acl/role/${id}`, decode: role }, options),
  roleByName: (name: string, options: ReadOptions = {}): Promise<Answer<AclRole>> => http.call({ method: 'GET', path: path`/v1/acl/role/name/${name}`, decode: role }, options),
  updateRole: (id: string, body: AclRoleBody, options: CallOptions = {}): Promise<Answer<AclRole>> => http.call({ method: 'PUT', path: path`/v1/acl/role/${id}`, body, idempotent: true, decode: role }, options),
  deleteRole: (id: string, options: CallOptions = {}): Promise<Answer<boolean>> => http.call({ method: 'DELETE', path: path`/v1/acl/role/${id}`, decode: done }, options),

  // === auth methods ===
  authMethods: (options: ReadOptions = {}): Promise<Answer<readonly AclAuthMethod[]>> => http.call({ method: 'GET', path: '/v1/acl/auth-methods', decode: json(list(record<AclAuthMethod>())) }, options),
  createAuthMethod: (body: AclAuthMethodBody, options: CallOptions = {}): Promise<Answer<AclAuthMethod>> => http.call({ method: 'PUT', path: '/v1/acl/auth-method', body, decode: method }, options),
  authMethod: (name: string, options: ReadOptions = {}): Promise<Answer<AclAuthMethod>> => http.call({ method: 'GET', path: path`/v1/acl/auth-method/${name}`, decode: method }, options),
  updateAuthMethod: (name: string, body: AclAuthMethodBody, options: CallOptions = {}): Promise<Answer<AclAuthMethod>> =>
    http.call({ method: 'PUT', path: path`/v1/acl/auth-method/${name}`, body, idempotent: true, decode: method }, options),
  deleteAuthMethod: (name: string, options: CallOptions = {}): Promise<Answer<boolean>> => http.call({ method: 'DELETE', path: path`/v1/acl/auth-method/${name}`, decode: done }, options),

  // === binding rules ===
  bindingRules: ({ authMethod, ...options }: ReadOptions & { readonly authMethod?: string } = {}): Promise<Answer<readonly AclBindingRule[]>> =>
    http.call({ method: 'GET', path: '/v1/acl/binding-rules', query: { authmethod: authMethod }, decode: json(list(record<AclBindingRule>())) }, options),
  createBindingRule: (body: AclBindingRuleBody, options: CallOptions = {}): Promise<Answer<AclBindingRule>> => http.call({ method: 'PUT', path: '/v1/acl/binding-rule', body, decode: rule }, options),
  bindingRule: (id: string, options: ReadOptions = {}): Promise<Answer<AclBindingRule>> => http.call({ method: 'GET', path: path`/v1/acl/binding-rule/${id}`, decode: rule }, options),
  updateBindingRule: (id: string, body: AclBindingRuleBody, options: CallOptions = {}): Promise<Answer<AclBindingRule>> =>
    http.call({ method: 'PUT', path: path`/v1/acl/binding-rule/${id}`, body, idempotent: true, decode: rule }, options),
  deleteBindingRule: (id: string, options: CallOptions = {}): Promise<Answer<boolean>> => http.call({ method: 'DELETE', path: path`/v1/acl/binding-rule/${id}`, decode: done }, options),

  // === templated policies, built into the server ===
  templatedPolicies: (options: CallOptions = {}): Promise<Answer<Readonly<Record<string, AclTemplatedPolicy>>>> =>
    http.call({ method: 'GET', path: '/v1/acl/templated-policies', decode: json(dictionary(record<AclTemplatedPolicy>())) }, options),
  templatedPolicy: (name: string, options: CallOptions = {}): Promise<Answer<AclTemplatedPolicy>> =>
    http.call({ method: 'GET', path: templatePath('/v1/acl/templated-policy/name/', name), decode: json(record<AclTemplatedPolicy>()) }, options),
  /** The policy that a template gives for these variables. */
  previewTemplatedPolicy: (name: string, variables: Readonly<Record<string, string>>, options: CallOptions = {}): Promise<Answer<AclPolicy>> =>
    http.call({ method: 'POST', path: templatePath('/v1/acl/templated-policy/preview/', name), body: variables, idempotent: true, decode: policy }, options),
})

/** Template names have a slash that belongs to the path, such as `builtin/service`. */
const templatePath = (fixed: string, name: string) => fixed + name.split('/').map(encodeURIComponent).join('/')

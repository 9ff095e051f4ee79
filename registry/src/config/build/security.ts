// Who may do what, and over which wires: ACLs, TLS, Connect.

import { goQuote } from '../../http/decode/go-text.js'
import type { Reader } from '../context.js'
import type { AgentFragment } from '../keys/agent.js'
import type { AclConfig, ConnectConfig, TlsConfig, TlsListenerConfig } from '../runtime-config.js'

export function buildAcl (settings: Reader<AgentFragment>, defaults: AclConfig): AclConfig {
  const acl = settings.block('acl')
  const tokens = acl.block('tokens').fragment
  return {
    enabled: acl.get('enabled', defaults.enabled),
    // Words other than these are refused once the whole is known: rules.ts.
    defaultPolicy: acl.get('default_policy', defaults.defaultPolicy) as AclConfig['defaultPolicy'],
    downPolicy: acl.get('down_policy', defaults.downPolicy) as AclConfig['downPolicy'],
    tokenTtlMs: acl.duration('token_ttl', defaults.tokenTtlMs),
    policyTtlMs: acl.duration('policy_ttl', defaults.policyTtlMs),
    roleTtlMs: acl.duration('role_ttl', defaults.roleTtlMs),
    enableKeyListPolicy: acl.get('enable_key_list_policy', defaults.enableKeyListPolicy),
    enableTokenPersistence: acl.get('enable_token_persistence', defaults.enableTokenPersistence),
    enableTokenReplication: acl.get('enable_token_replication', defaults.enableTokenReplication),
    tokens: {
      initialManagement: tokens.initial_management ?? '',
      default: tokens.default ?? '',
      agent: tokens.agent ?? '',
      agentRecovery: tokens.agent_recovery ?? '',
      replication: tokens.replication ?? '',
      configFileRegistration: tokens.config_file_service_registration ?? '',
      dns: tokens.dns ?? '',
    },
  }
}

export function buildConnect (settings: Reader<AgentFragment>, defaults: ConnectConfig): ConnectConfig {
  const connect = settings.block('connect')
  return {
    enabled: connect.get('enabled', defaults.enabled),
    caProvider: connect.get('ca_provider', defaults.caProvider),
    caConfig: connect.get('ca_config', defaults.caConfig),
  }
}

/** The least version by the names that the settings have for it; `TLS_AUTO` leaves it to us. */
const VERSIONS: Readonly<Record<string, TlsListenerConfig['minVersion']>> = {
  TLS_AUTO: 'TLSv1.2', TLSv1_0: 'TLSv1.2', TLSv1_1: 'TLSv1.2', TLSv1_2: 'TLSv1.2', TLSv1_3: 'TLSv1.3',
}

/** Before TLS had names of its own for them. */
const OLD_VERSIONS: Readonly<Record<string, string>> = { tls10: 'TLSv1_0', tls11: 'TLSv1_1', tls12: 'TLSv1_2', tls13: 'TLSv1_3' }

/** Cipher suites that may be asked for below TLS 1.3, by the names that OpenSSL has for them. */
const SUITES: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
}

type TlsBlock = NonNullable<NonNullable<AgentFragment['tls']>['https']>

export function buildTls (settings: Reader<AgentFragment>, defaults: TlsConfig): TlsConfig {
  const tls = settings.block('tls')
  const shared = tls.block('defaults')
  const base = { block: shared.fragment, minVersion: readVersion(shared), cipherSuites: readSuites(shared) }
  return { https: listener(tls.block('https'), base, defaults.https), grpc: listener(tls.block('grpc'), base, defaults.grpc) }
}

interface TlsBase { readonly block: TlsBlock, readonly minVersion: TlsListenerConfig['minVersion'] | undefined, readonly cipherSuites: readonly string[] | undefined }

function listener (own: Reader<TlsBlock>, base: TlsBase, defaults: TlsListenerConfig): TlsListenerConfig {
  const get = <K extends keyof TlsBlock & string>(key: K): TlsBlock[K] => own.fragment[key] ?? base.block[key]
  return {
    caFile: get('ca_file') ?? defaults.caFile,
    caPath: get('ca_path') ?? defaults.caPath,
    certFile: get('cert_file') ?? defaults.certFile,
    keyFile: get('key_file') ?? defaults.keyFile,
    minVersion: readVersion(own) ?? base.minVersion ?? defaults.minVersion,
    cipherSuites: readSuites(own) ?? base.cipherSuites ?? defaults.cipherSuites,
    verifyIncoming: get('verify_incoming') ?? defaults.verifyIncoming,
    verifyOutgoing: get('verify_outgoing') ?? defaults.verifyOutgoing,
  }
}

function readVersion (block: Reader<TlsBlock>): TlsListenerConfig['minVersion'] | undefined {
  const given = block.fragment.tls_min_version
  if (given === undefined) return undefined
  const name = OLD_VERSIONS[given] ?? given
  if (name !== given) block.context.warn(`'${block.name}tls_min_version' value '${given}' is deprecated, please specify '${name}' instead`)
  const version = VERSIONS[name]
  if (version === undefined) {
    block.context.problem(`${block.name}tls_min_version: invalid TLS version: no matching TLS version found for ${given}, please specify one of [TLS_AUTO, TLSv1_0, TLSv1_1, TLSv1_2, TLSv1_3]`, block.at('tls_min_version'))
  } else if (name === 'TLSv1_0' || name === 'TLSv1_1') block.context.warn(`${block.name}tls_min_version: ${name} is not spoken any more, ${VERSIONS[name]!} is the least`)
  return version
}

function readSuites (block: Reader<TlsBlock>): readonly string[] | undefined {
  const given = block.fragment.tls_cipher_suites
  if (given === undefined) return undefined
  const names = given.split(',').map(name => name.trim()).filter(name => name !== '')
  const unknown = names.find(name => SUITES[name] === undefined)
  if (unknown !== undefined) block.context.problem(`${block.name}tls_cipher_suites: invalid TLS cipher suites: no matching Consul Agent TLS cipher suite found for ${goQuote(unknown).slice(1, -1)}`, block.at('tls_cipher_suites'))
  return names.flatMap(name => SUITES[name] ?? [])
}

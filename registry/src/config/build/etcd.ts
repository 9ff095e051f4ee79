// Settings of the engine `etcd`, and of this server among several.

import { resolve } from 'node:path'
import type { Reader } from '../context.js'
import type { AgentFragment } from '../keys/agent.js'
import type { ClusterConfig, EtcdConfig } from '../runtime-config.js'

/** Name of the node that all servers over one etcd stand for, where none is given. */
export const SHARED_NODE = 'roster'

export function buildEtcd (settings: Reader<AgentFragment>, defaults: EtcdConfig, cwd: string): EtcdConfig {
  const { context } = settings
  const own = settings.block('roster')
  const file = (key: 'etcd_ca_file' | 'etcd_cert_file' | 'etcd_key_file'): string => {
    const path = own.get(key, '')
    return path === '' ? '' : resolve(cwd, path)
  }
  const endpoints = own.get('etcd_endpoints', defaults.endpoints).flatMap(list => list.split(',')).map(one => one.trim().replace(/\/$/, '')).filter(one => one !== '')
  for (const endpoint of endpoints) if (!isEndpoint(endpoint)) context.problem(`roster.etcd_endpoints: ${JSON.stringify(endpoint)} is not http://host:port or https://host:port`, own.at('etcd_endpoints'))
  if (endpoints.length === 0) context.problem('roster.etcd_endpoints cannot be empty', own.at('etcd_endpoints'))
  const prefix = own.get('etcd_prefix', defaults.prefix)
  if (prefix === '') context.problem('roster.etcd_prefix cannot be empty: it keeps the registry apart from other users of etcd', own.at('etcd_prefix'))
  const etcd = { endpoints, prefix: prefix.endsWith('/') ? prefix : `${prefix}/`, caFile: file('etcd_ca_file'), certFile: file('etcd_cert_file'), keyFile: file('etcd_key_file'), user: own.get('etcd_user', defaults.user), password: own.get('etcd_password', defaults.password) }
  if ((etcd.certFile === '') !== (etcd.keyFile === '')) context.problem('roster.etcd_cert_file and roster.etcd_key_file are given together or not at all', own.at('etcd_cert_file') ?? own.at('etcd_key_file'))
  if (etcd.user === '' && etcd.password !== '') context.problem('roster.etcd_password is given without roster.etcd_user', own.at('etcd_password'))
  return etcd
}

function isEndpoint (text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, port, pathname } = new URL(text)
  return (protocol === 'http:' || protocol === 'https:') && port !== '' && pathname === '/'
}

export function buildCluster (settings: Reader<AgentFragment>, defaults: ClusterConfig): ClusterConfig {
  const { context } = settings
  const own = settings.block('roster')
  const serverId = own.get('server_id', defaults.serverId).trim()
  if (!/^[\w.-]{0,128}$/.test(serverId)) context.problem('roster.server_id may hold letters, digits, dots, dashes and underscores, 128 at most', own.at('server_id'))
  const advertiseHttp = own.get('advertise_http', defaults.advertiseHttp).trim().replace(/\/$/, '')
  if (advertiseHttp !== '' && !/^https?:\/\//.test(advertiseHttp)) context.problem(`roster.advertise_http: ${JSON.stringify(advertiseHttp)} is not http://host:port`, own.at('advertise_http'))
  return { serverId, advertiseHttp, readOnly: own.get('read_only', defaults.readOnly) }
}

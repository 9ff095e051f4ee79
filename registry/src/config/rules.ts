// The laws of the settings as a whole, in the order in which they are told: the first that is broken ends the start. Laws of single values are build/'s.

import { serverUrls, ServerUrlError } from '../local-agent/server-url.js'
import { goQuote } from '../http/decode/go-text.js'
import { isIP } from 'node:net'
import { metaError } from '../catalog/meta.js'
import { serviceErrors } from '../catalog/service-rules.js'
import { definitionError } from '../health/definition-rules.js'
import { multiError, type Context, type Reader } from './context.js'
import { LOG_LEVELS } from './build/views.js'
import type { ServiceBody } from '../http/decode/bodies/service.js'
import type { AgentFragment } from './keys/agent.js'
import type { Listener, RuntimeConfig } from './runtime-config.js'

export interface Judged {
  readonly config: RuntimeConfig
  readonly settings: Reader<AgentFragment>
  /** What the file system says of the data directory: a folder, nothing yet, another thing, or a refusal. */
  readonly dataDir: 'directory' | 'absent' | 'other' | Error
}

/** A broken law: the words, and the setting to blame as far as one is. */
export interface Breach { readonly message: string, readonly at?: string | undefined }

type Rule = (judged: Judged) => Breach | undefined

/** The first breach among the laws that stand before the collected problems of single values. */
export const firstBreach = (judged: Judged): Breach | undefined => first(RULES, judged)

/** The first breach among the laws that stand after them. */
export const lastBreach = (judged: Judged): Breach | undefined => first(LATE_RULES, judged)

function first (rules: readonly Rule[], judged: Judged): Breach | undefined {
  for (const rule of rules) {
    const breach = rule(judged)
    if (breach !== undefined) return breach
  }
  return undefined
}

/** A law that holds unless `broken` gives words for it. @param path of the key to blame; of several, the first that anybody wrote */
const law = (path: string, broken: (judged: Judged) => string | false | undefined): Rule => judged => {
  const message = broken(judged)
  if (message === false || message === undefined) return undefined
  const { context, fragment } = judged.settings
  return { message, at: path.split(' ').map(one => context.places.path(fragment, one)).find(at => at !== undefined) }
}

const BASIC_NAME = /^[a-z0-9_-]+$/
const LOWERCASE = 'can only contain lowercase alphanumeric, - or _ characters. received:'

const RULES: readonly Rule[] = [
  law('performance.raft_multiplier', ({ config: { raft } }) => (raft.multiplier < 1 || raft.multiplier > 10) && `performance.raft_multiplier cannot be ${raft.multiplier}. Must be between 1 and 10`),
  law('ports.sidecar_min_port ports.sidecar_max_port', ({ config: { ports } }) => ports.sidecarMin > ports.sidecarMax && 'sidecar_min_port must be less than sidecar_max_port. To disable, set both to zero.'),
  law('ports.expose_min_port ports.expose_max_port', ({ config: { ports } }) => ports.exposeMin > ports.exposeMax && 'expose_min_port must be less than expose_max_port. To disable, set both to zero.'),
  law('raft_protocol', ({ config: { raft } }) => raft.protocol !== 3 && `raft_protocol version ${raft.protocol} is not supported by this version of Roster`),
  law('datacenter', ({ config }) => config.datacenter === '' && 'datacenter cannot be empty'),
  law('datacenter', ({ config }) => !BASIC_NAME.test(config.datacenter) && `datacenter ${LOWERCASE} ${goQuote(config.datacenter)}`),
  law('data_dir', ({ config }) => config.dataDir === undefined && !config.dev && config.engine !== 'etcd' && 'data_dir cannot be empty'),
  law('ui_config.content_path', ({ config: { ui } }) => !/^[A-Za-z0-9/_-]+$/.test(ui.contentPath) && `ui-content-path can only contain alphanumeric, -, _, or /. received: ${goQuote(ui.contentPath)}`),
  law('ui_config.content_path', ({ config: { ui } }) => /^\/v\d+\/$/.test(ui.contentPath) && `ui-content-path cannot have 'v[0-9]'. received: ${goQuote(ui.contentPath)}`),
  law('ui_config.metrics_provider', ({ config: { ui } }) => ui.metricsProvider !== '' && !BASIC_NAME.test(ui.metricsProvider) && `ui_config.metrics_provider ${LOWERCASE} ${goQuote(ui.metricsProvider)}`),
  law('ui_config.metrics_provider_options_json', ({ config: { ui } }) => ui.metricsProviderOptionsJson !== '' && !isJsonObject(ui.metricsProviderOptionsJson) &&
    `ui_config.metrics_provider_options_json must be empty or a string containing a valid JSON object. received: ${goQuote(ui.metricsProviderOptionsJson)}`),
  law('ui_config.metrics_proxy.base_url', ({ config: { ui } }) => ui.metricsProxy.baseUrl !== '' && !isHttpUrl(ui.metricsProxy.baseUrl) &&
    `ui_config.metrics_proxy.base_url must be a valid http or https URL. received: ${goQuote(ui.metricsProxy.baseUrl)}`),
  law('ui_config.metrics_proxy.path_allowlist', ({ config: { ui } }) => {
    const relative = ui.metricsProxy.pathAllowlist.find(path => !path.startsWith('/') || path.includes('?') || path.includes('#'))
    return relative !== undefined && `ui_config.metrics_proxy.path_allowlist: path ${goQuote(relative)} is not an absolute path`
  }),
  law('ui_config.dashboard_url_templates', ({ config: { ui } }) => {
    const name = Object.keys(ui.dashboardUrlTemplates).find(name => !BASIC_NAME.test(name))
    if (name === '') return 'ui_config.dashboard_url_templates key names cannot be empty'
    return name !== undefined && `ui_config.dashboard_url_templates key names ${LOWERCASE} ${goQuote(name)}`
  }),
  law('ui_config.dashboard_url_templates', ({ config: { ui } }) => {
    const template = Object.values(ui.dashboardUrlTemplates).find(template => !isHttpUrl(template))
    return template !== undefined && `ui_config.dashboard_url_templates values must be a valid http or https URL. received: ${goQuote(template)}`
  }),
  law('data_dir', ({ config, dataDir }) => !config.dev && dataDir instanceof Error && `Error getting info on data_dir: ${dataDir.message}`),
  law('data_dir', ({ config, settings, dataDir }) => !config.dev && dataDir === 'other' && `data_dir ${goQuote(settings.get('data_dir', ''))} is not a directory`),
  law('locality', ({ config: { node } }) => node.locality !== undefined && node.locality.region === '' && node.locality.zone !== '' && 'locality is invalid: zone cannot be set without region'),
  law('alt_domain', ({ config: { dns, datacenter } }) => startsWithKind(dns.altDomain, datacenter) && `alt_domain cannot start with {service,connect,node,query,addr,${datacenter}}`),
  law('bootstrap', ({ config, settings }) => config.bootstrap && !settings.get('server', true) && "'bootstrap = true' requires 'server = true'"),
  law('bootstrap_expect', ({ config }) => config.bootstrapExpect < 0 && `bootstrap_expect cannot be ${config.bootstrapExpect}. Must be greater than or equal to zero`),
  law('bootstrap_expect', ({ config, settings }) => config.bootstrapExpect > 0 && !settings.get('server', true) && "'bootstrap_expect > 0' requires 'server = true'"),
  law('bootstrap_expect', ({ config }) => config.bootstrapExpect > 0 && config.dev && "'bootstrap_expect > 0' not allowed in dev mode"),
  law('bootstrap_expect', ({ config }) => config.bootstrapExpect > 0 && config.bootstrap && "'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive"),
  law('retry_join', ({ config }) => !config.server && joinError(config.join.lan)),
  law('check_output_max_size', ({ config: { checks } }) => checks.outputMaxBytes < 1 && 'check_output_max_size must be positive, to discard check output use the discard_check_output flag'),
  law('autopilot.max_trailing_logs', ({ config: { autopilot } }) => autopilot.maxTrailingLogs < 0 && `autopilot.max_trailing_logs cannot be ${autopilot.maxTrailingLogs}. Must be greater than or equal to zero`),
  law('primary_datacenter', ({ config }) => !BASIC_NAME.test(config.primaryDatacenter) && `primary_datacenter ${LOWERCASE} ${goQuote(config.primaryDatacenter)}`),
  law('ui_config.dir', ({ config: { dev, ui } }) => !dev && ui.enabled && ui.dir !== '' && [
    'Both the ui_config.enabled and ui_config.dir (or -ui and -ui-dir) were specified, please provide only one.',
    'If trying to use your own web UI resources, use ui_config.dir or the -ui-dir flag.',
    'The web UI is included in the binary so use ui_config.enabled or the -ui flag to enable it',
  ].join('\n')),
  law('dns_config.udp_answer_limit', ({ config: { dns } }) => dns.udpAnswerLimit < 0 && `dns_config.udp_answer_limit cannot be ${dns.udpAnswerLimit}. Must be greater than or equal to zero`),
  law('dns_config.a_record_limit', ({ config: { dns } }) => dns.aRecordLimit < 0 && `dns_config.a_record_limit cannot be ${dns.aRecordLimit}. Must be greater than or equal to zero`),
  law('node_meta', ({ config: { node } }) => {
    const wrong = metaError(node.meta)
    return wrong !== undefined && `node_meta invalid: ${wrong}`
  }),
  law('encrypt', ({ settings }) => {
    const wrong = base64Error(settings.get('encrypt', ''))
    return wrong !== undefined && `encrypt has invalid key: ${wrong}`
  }),
  law('ports', addressTwice),
  law('segment segments', ({ settings }) => (settings.get('segment', '') !== '' || settings.get('segments', []).length > 0) && 'Network segments are not supported in this version of Roster'),
]

/** Why servers to join cannot be found; `false` when they can. */
function joinError (texts: readonly string[]): string | false {
  try {
    serverUrls(texts)
    return false
  } catch (error) {
    if (error instanceof ServerUrlError) return `retry_join: ${error.message}`
    throw error
  }
}

const LATE_RULES: readonly Rule[] = [
  ({ config, settings }) => firstOf(config.definitions.services, service => serviceBreach(service, settings.context)),
  ({ config, settings }) => firstOf(config.definitions.checks, check => {
    const wrong = definitionError(check)
    const at = settings.context.places.block(check)
    if (wrong !== undefined) return { message: `check ${goQuote(check.name)}: ${wrong}`, at }
    return check.id === '' && check.name === '' ? { message: "Failed to register check '': CheckID missing", at } : undefined
  }),
  law('connect.ca_provider', ({ config: { connect } }) => !['', 'consul', 'vault', 'aws-pca'].includes(connect.caProvider) && `${connect.caProvider} is not a valid CA provider`),
  law('connect.ca_config', ({ config: { connect } }) => connect.enabled && connect.caConfig['cluster_id'] !== undefined && clusterIdError(connect.caConfig['cluster_id'])),
  law('acl.default_policy', ({ config: { acl } }) => acl.enabled && !['allow', 'deny'].includes(acl.defaultPolicy) && `Unsupported default ACL policy: ${acl.defaultPolicy}`),
  law('acl.down_policy', ({ config: { acl } }) => acl.enabled && !['allow', 'deny', 'extend-cache', 'async-cache'].includes(acl.downPolicy) && `Unsupported down ACL policy: ${acl.downPolicy}`),
  law('log_level', ({ settings }) => {
    const level = settings.get('log_level', 'INFO')
    return LOG_LEVELS[level.toUpperCase()] === undefined && `Invalid log level: ${level}. Valid log levels are: [${Object.keys(LOG_LEVELS).join(' ')}]`
  }),
  law('roster.engine', ({ config }) => config.engine === 'embedded' && config.dataDir === undefined && 'data_dir cannot be empty'),
  law('roster.engine', ({ settings }) => {
    const engine = settings.block('roster').get('engine', 'embedded')
    return !['memory', 'embedded', 'etcd'].includes(engine) && `roster.engine must be memory, embedded or etcd, received: ${goQuote(engine)}`
  }),
  law('roster.read_only', ({ config }) => config.cluster.readOnly && config.engine !== 'etcd' && 'roster.read_only is for servers that share a store: roster.engine must be etcd'),
  law('node_id', ({ settings }) => {
    const wrong = nodeIdError(settings.get('node_id', ''))
    return wrong !== undefined && `failed to setup node ID: specified NodeID is invalid: ${wrong}`
  }),
]

function firstOf<T> (list: readonly T[], judge: (one: T) => Breach | undefined): Breach | undefined {
  for (const one of list) {
    const breach = judge(one)
    if (breach !== undefined) return breach
  }
  return undefined
}

/** What keeps a service of a file from being registered. */
export function serviceBreach (service: ServiceBody, { places }: Context): Breach | undefined {
  const at = places.block(service)
  const name = goQuote(service.name)
  // The checks are looked at first: they are told without the list around them.
  for (const check of service.checks) {
    const wrong = definitionError(check)
    if (wrong !== undefined) return { message: `service ${name}: check ${goQuote(check.name)}: ${wrong}`, at: places.block(check) ?? at }
  }
  const wrong = serviceErrors({ ...service, ports: service.ports && [...service.ports] })
  if (wrong.length > 0) return { message: `service ${name}: ${multiError(wrong)}`, at }
  if (service.name === '') return { message: 'Failed to register service "": Service name missing', at }
  for (const check of service.connect?.sidecarService?.checks ?? []) {
    const wrong = definitionError(check)
    if (wrong !== undefined) return { message: `Failed to validate sidecar for service ${name}: ${wrong}`, at: places.block(check) ?? at }
  }
  return undefined
}

/** Names of kinds with which a name in the domain begins from the right, so that a domain may not. */
function startsWithKind (domain: string, datacenter: string): boolean {
  const [head, ...rest] = domain.split('.')
  return rest.length > 1 && ['service', 'connect', 'node', 'query', 'addr', datacenter].includes(head!)
}

/** Two doors at one address. Ports of 0 are free ones. */
function addressTwice ({ config: { listen, ports, addresses } }: Judged): string | undefined {
  const used = new Map<string, string>()
  const show = (listener: Listener): string => listener.kind === 'unix' ? listener.path : `${isIP(listener.host) === 6 ? `[${listener.host}]` : listener.host}:${listener.port}`
  const doors: ReadonlyArray<readonly [name: string, listeners: readonly Listener[]]> = [
    ['DNS', listen.dns],
    ['HTTP', listen.http],
    ['HTTPS', listen.https],
    ['RPC Advertise', [{ kind: 'tcp', host: addresses.advertise, port: ports.server }]],
    ['Serf Advertise LAN', [{ kind: 'tcp', host: addresses.advertise, port: ports.serfLan }]],
    ['Serf Advertise WAN', [{ kind: 'tcp', host: addresses.advertiseWan, port: ports.serfWan }]],
  ]
  for (const [name, listeners] of doors) {
    for (const listener of listeners) {
      if (listener.kind === 'tcp' && listener.port <= 0) continue
      const address = show(listener)
      const other = used.get(address)
      if (other !== undefined) return `${name} address ${address} already configured for ${other}`
      used.set(address, name)
    }
  }
  return undefined
}

function isJsonObject (text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && !Array.isArray(value)
  } catch {
    return false
  }
}

const isHttpUrl = (text: string): boolean => /^https?:/i.test(text) && (URL.canParse(text) || text.includes('{{'))

/** Why a text is no padded base64, in the words of Go's decoder. */
function base64Error (text: string): string | undefined {
  const letters = /^[A-Za-z0-9+/]*/.exec(text)![0].length
  const over = letters % 4
  const padding = text.slice(letters)
  if (padding === '' ? over === 0 : (over === 2 && padding === '==') || (over === 3 && padding === '=')) return undefined
  // Without padding the last group is to blame; with it, the first byte that does not belong to it.
  const good = padding === '' ? -over : over < 2 ? 0 : over === 2 && padding[0] === '=' ? (padding[1] === '=' ? 2 : padding[1] === undefined ? 1 : 0) : padding[0] === '=' ? 1 : 0
  return `illegal base64 data at input byte ${letters + good}`
}

function clusterIdError (id: unknown): string | false {
  if (typeof id !== 'string') return 'cluster_id was supplied but was not a string'
  return nodeIdError(id) !== undefined && 'cluster_id was supplied but was not a valid UUID'
}

/** Why a text is no UUID; an empty one is none at all, which is fine. */
export function nodeIdError (id: string): string | undefined {
  if (id === '') return undefined
  if (id.length !== 36) return 'uuid string is wrong length'
  if (!/^.{8}-.{4}-.{4}-.{4}-.{12}$/.test(id)) return 'uuid is improperly formatted'
  const bad = /[^0-9a-f]/i.exec(id.replaceAll('-', ''))?.[0]
  return bad === undefined ? undefined : `encoding/hex: invalid byte: U+${bad.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${bad}'`
}

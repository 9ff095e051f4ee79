// Flags of `roster agent`, and the key that each stands for. A flag counts over files and environment; `-hcl` counts over flags.

import { flags, type FlagValues } from '../cli/flags.js'
import type { AgentFragment } from './keys/agent.js'

export const agentFlags = flags([
  { name: 'advertise', kind: 'string', help: 'Address that the node is known by. Default: the bind address, or the one private IPv4 of this machine if that is 0.0.0.0.' },
  { name: 'advertise-wan', kind: 'string', help: 'Address that the node is known by in other networks. Default: as -advertise.' },
  { name: 'allow-write-http-from', kind: 'list', help: 'Network (CIDR) that may change things over HTTP. May be given several times. Default: everyone.' },
  { name: 'alt-domain', kind: 'string', help: 'Second domain that DNS answers in. Default: roster.' },
  { name: 'auto-reload-config', kind: 'bool', help: 'Reload when a configuration file changes.' },
  { name: 'bind', kind: 'string', help: 'Address that the server is bound to. Default: 127.0.0.1.' },
  { name: 'bootstrap', kind: 'bool', help: 'Be the one server. One server alone leads without it.' },
  { name: 'bootstrap-expect', kind: 'port', help: 'How many servers will there be.' },
  { name: 'check_output_max_size', kind: 'port', help: 'Bytes of a check\'s output that are kept. Default: 4096.' },
  { name: 'client', kind: 'string', help: 'Addresses, apart by blanks, on which HTTP and DNS answer. Default: 127.0.0.1.' },
  { name: 'config-dir', kind: 'list', into: 'config-file', values: 'directory', help: 'Folder whose .json and .hcl files are read, by name. May be given several times.' },
  { name: 'config-file', kind: 'list', values: 'file', help: 'File to read, JSON or HCL by its ending. May be given several times; later files count over earlier ones.' },
  { name: 'config-format', kind: 'string', values: ['hcl', 'json'], help: 'What all configuration files are, whatever their ending.' },
  { name: 'data-dir', kind: 'string', values: 'directory', help: 'Folder in which everything is kept.' },
  { name: 'datacenter', kind: 'string', help: 'Name of the datacenter. Default: dc1.' },
  { name: 'default-query-time', kind: 'string', help: 'How long a blocking query waits that does not say. Default: 5m.' },
  { name: 'dev', kind: 'bool', help: 'A server to try things on: all in memory, with the page and a talkative log.' },
  { name: 'disable-host-node-id', kind: 'bool', help: 'Make a random node ID rather than one from this machine\'s own. Default: true.' },
  { name: 'disable-keyring-file', kind: 'bool', help: 'Taken and ignored: there is no gossip to keep keys for.' },
  { name: 'dns-port', kind: 'port', help: 'Port of DNS, UDP and TCP; -1 is off. Default: 8600.' },
  { name: 'domain', kind: 'string', help: 'Domain that DNS answers in. Default: consul.' },
  { name: 'enable-local-script-checks', kind: 'bool', help: 'Run script checks that configuration files define.' },
  { name: 'enable-script-checks', kind: 'bool', help: 'Run script checks, those registered over HTTP included: whoever reaches the port may then run programs here.' },
  { name: 'encrypt', kind: 'string', help: 'Key of the gossip. Its form is checked; there is no gossip.' },
  { name: 'grpc-port', kind: 'port', help: 'gRPC port that is told to clients; -1 is off.' },
  { name: 'grpc-tls-port', kind: 'port', help: 'gRPC port with TLS that is told to clients; -1 is off.' },
  { name: 'hcl', kind: 'list', help: 'Piece of configuration in HCL, such as \'log_level = "DEBUG"\'. May be given several times; counts over everything else.' },
  { name: 'http-port', kind: 'port', help: 'Port of HTTP; -1 is off. Default: 8500.' },
  { name: 'https-port', kind: 'port', help: 'Port of HTTPS; -1 is off. Default: -1.' },
  { name: 'join', kind: 'list', hidden: true, help: 'Old name of -retry-join.' },
  { name: 'join-wan', kind: 'list', hidden: true, help: 'Old name of -retry-join-wan.' },
  { name: 'log-file', kind: 'string', values: 'file', help: 'File that the log is written to as well.' },
  { name: 'log-json', kind: 'bool', help: 'Log lines as JSON.' },
  { name: 'log-level', kind: 'string', values: ['trace', 'debug', 'info', 'warn', 'error'], help: 'Least weight of what is logged. Default: info.' },
  { name: 'log-rotate-bytes', kind: 'port', help: 'Bytes after which a new log file is begun.' },
  { name: 'log-rotate-duration', kind: 'string', help: 'Time after which a new log file is begun. Default: 24h.' },
  { name: 'log-rotate-max-files', kind: 'port', help: 'How many old log files are kept; 0 is all.' },
  { name: 'max-query-time', kind: 'string', help: 'How long a blocking query may wait at most. Default: 10m.' },
  { name: 'node', kind: 'string', help: 'Name of this node, once in the datacenter. Default: the host name.' },
  { name: 'node-id', kind: 'string', help: 'UUID of this node. Default: made once and kept in the data directory.' },
  { name: 'node-meta', kind: 'map', help: 'Fact about this node, as key:value. May be given several times.' },
  { name: 'non-voting-server', kind: 'bool', hidden: true, help: 'Old name of -read-replica.' },
  { name: 'pid-file', kind: 'string', values: 'file', help: 'File in which the process id stands while the agent runs.' },
  { name: 'primary-gateway', kind: 'list', help: 'Taken and ignored: no federation of datacenters.' },
  { name: 'protocol', kind: 'port', help: 'Taken and ignored: there is no gossip.' },
  { name: 'raft-protocol', kind: 'port', help: 'Version that is told to clients; 3 alone is taken.' },
  { name: 'read-replica', kind: 'bool', help: 'Taken and ignored: there is no quorum.' },
  { name: 'recursor', kind: 'list', help: 'DNS server that is asked for names outside the domain. May be given several times.' },
  { name: 'rejoin', kind: 'bool', help: 'Taken and ignored: there is no gossip.' },
  { name: 'retry-interval', kind: 'string', help: 'Longest time between attempts to join. Default: 30s.' },
  { name: 'retry-interval-wan', kind: 'string', help: 'Taken and ignored: no federation of datacenters.' },
  { name: 'retry-join', kind: 'list', help: 'HTTP address of a server that a local agent (-server=false) joins, several by comma. May be given several times.' },
  { name: 'retry-join-wan', kind: 'list', help: 'Server of another datacenter to join. May be given several times.' },
  { name: 'retry-max', kind: 'port', help: 'How often a local agent attempts to join before it gives up and ends; 0 is for ever.' },
  { name: 'retry-max-wan', kind: 'port', help: 'Taken and ignored: no federation of datacenters.' },
  { name: 'segment', kind: 'string', help: 'Taken and ignored: there are no segments.' },
  { name: 'serf-lan-allowed-cidrs', kind: 'list', help: 'Taken and ignored: there is no gossip.' },
  { name: 'serf-lan-bind', kind: 'string', help: 'Taken and ignored: there is no gossip.' },
  { name: 'serf-lan-port', kind: 'port', help: 'Gossip port that is told to clients. Default: 8301.' },
  { name: 'serf-wan-allowed-cidrs', kind: 'list', help: 'Taken and ignored: there is no gossip.' },
  { name: 'serf-wan-bind', kind: 'string', help: 'Taken and ignored: there is no gossip.' },
  { name: 'serf-wan-port', kind: 'port', help: 'Gossip port that is told to clients of other networks. Default: 8302.' },
  { name: 'server', kind: 'bool', help: 'Be a server. False: a local agent, which follows the servers named by -retry-join. Default: true.' },
  { name: 'server-port', kind: 'port', help: 'Port of the server itself that is told to clients. Default: 8300.' },
  { name: 'syslog', kind: 'bool', help: 'Taken and ignored: the log goes to standard output or a file.' },
  { name: 'ui', kind: 'bool', help: 'Serve the page.' },
  { name: 'ui-content-path', kind: 'string', help: 'Path of the page. Default: /ui/.' },
  { name: 'ui-dir', kind: 'string', values: 'directory', help: 'Folder with a page of your own.' },
])

export type AgentFlagValues = FlagValues<typeof agentFlags>
export type AgentFlagName = keyof AgentFlagValues

/** The key behind a flag, as a path; flags that are no setting are not here. */
export const KEY_OF_FLAG: Readonly<Partial<Record<AgentFlagName, string>>> = {
  advertise: 'advertise_addr',
  'advertise-wan': 'advertise_addr_wan',
  'allow-write-http-from': 'http_config.allow_write_http_from',
  'alt-domain': 'alt_domain',
  'auto-reload-config': 'auto_reload_config',
  bind: 'bind_addr',
  bootstrap: 'bootstrap',
  'bootstrap-expect': 'bootstrap_expect',
  check_output_max_size: 'check_output_max_size',
  client: 'client_addr',
  'data-dir': 'data_dir',
  datacenter: 'datacenter',
  'default-query-time': 'default_query_time',
  'disable-host-node-id': 'disable_host_node_id',
  'dns-port': 'ports.dns',
  domain: 'domain',
  'enable-local-script-checks': 'enable_local_script_checks',
  'enable-script-checks': 'enable_script_checks',
  encrypt: 'encrypt',
  'grpc-port': 'ports.grpc',
  'grpc-tls-port': 'ports.grpc_tls',
  'http-port': 'ports.http',
  'https-port': 'ports.https',
  join: 'retry_join',
  'join-wan': 'retry_join_wan',
  'log-file': 'log_file',
  'log-json': 'log_json',
  'log-level': 'log_level',
  'log-rotate-bytes': 'log_rotate_bytes',
  'log-rotate-duration': 'log_rotate_duration',
  'log-rotate-max-files': 'log_rotate_max_files',
  'max-query-time': 'max_query_time',
  node: 'node_name',
  'node-id': 'node_id',
  'node-meta': 'node_meta',
  'pid-file': 'pid_file',
  'raft-protocol': 'raft_protocol',
  recursor: 'recursors',
  'retry-interval': 'retry_interval',
  'retry-join': 'retry_join',
  'retry-join-wan': 'retry_join_wan',
  'retry-max': 'retry_max',
  'serf-lan-port': 'ports.serf_lan',
  'serf-wan-port': 'ports.serf_wan',
  server: 'server',
  'server-port': 'ports.server',
  ui: 'ui_config.enabled',
  'ui-content-path': 'ui_config.content_path',
  'ui-dir': 'ui_config.dir',
}

/**
 * Given flags as two fragments: lists come before those of files, single values count over them.
 * @param note told the place of each in its block, if there is one worth telling
 */
export function flagFragments (values: Readonly<Record<string, unknown>>, given: ReadonlySet<string>, note?: (block: object, key: string, flag: string) => void): { readonly lists: AgentFragment, readonly values: AgentFragment } {
  const lists: Record<string, unknown> = {}
  const single: Record<string, unknown> = {}
  for (const [flag, path] of Object.entries(KEY_OF_FLAG)) {
    if (!given.has(flag)) continue
    const value = values[flag]
    const root = Array.isArray(value) ? lists : single
    const [block, key] = path.includes('.') ? path.split('.') as [string, string] : [undefined, path]
    const holder = block === undefined ? root : (root[block] ??= {}) as Record<string, unknown>
    note?.(holder, key, flag)
    holder[key] = Array.isArray(value) ? [...holder[key] as unknown[] | undefined ?? [], ...value as unknown[]] : value
  }
  return { lists: lists as AgentFragment, values: single as AgentFragment }
}

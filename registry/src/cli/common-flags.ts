// The flags that many verbs have: where the server is, how one proves who one is, how results are written. What becomes of them is connection.ts.

import { flags } from './flags.js'

const HTTP = 'HTTP API Options'

/** How a verb's results are written; every verb has it. */
export const outputFlag = flags([
  { name: 'o', kind: 'string', group: 'Output Options', values: ['table', 'json'], default: 'table', help: 'How results are written: table (for people and for scripts that know the compatible form) or json. Default: table.' },
])

/** For verbs that talk to one agent. */
export const agentApiFlags = flags([
  { name: 'ca-file', kind: 'string', group: HTTP, values: 'file', help: 'File of the authority that signed the server\'s certificate. Also CONSUL_CACERT.' },
  { name: 'ca-path', kind: 'string', group: HTTP, values: 'directory', help: 'Folder of such files. Also CONSUL_CAPATH.' },
  { name: 'client-cert', kind: 'string', group: HTTP, values: 'file', help: 'Certificate to show to a server that asks for one; wants -client-key. Also CONSUL_CLIENT_CERT.' },
  { name: 'client-key', kind: 'string', group: HTTP, values: 'file', help: 'Key of -client-cert. Also CONSUL_CLIENT_KEY.' },
  { name: 'http-addr', kind: 'string', group: HTTP, help: 'Where the registry is: host:port, http://…, https://… or unix:///path; several apart by commas. Also ROSTER_HTTP_ADDR and CONSUL_HTTP_ADDR. Default: http://127.0.0.1:8500.' },
  { name: 'tls-server-name', kind: 'string', group: HTTP, help: 'Name to expect in the server\'s certificate. Also CONSUL_TLS_SERVER_NAME.' },
  { name: 'token', kind: 'string', group: HTTP, help: 'Token to send. Also ROSTER_HTTP_TOKEN and CONSUL_HTTP_TOKEN.' },
  { name: 'token-file', kind: 'string', group: HTTP, values: 'file', help: 'File that holds the token; goes before -token. Also CONSUL_HTTP_TOKEN_FILE.' },
  ...outputFlag,
])

/** For verbs that ask the servers, whichever agent they talk to. */
export const serverApiFlags = flags([
  ...agentApiFlags,
  { name: 'datacenter', kind: 'string', group: HTTP, help: 'Datacenter to ask. Default: that of the agent.' },
  { name: 'stale', kind: 'bool', group: HTTP, default: false, help: 'Any server may answer, not the leader alone: sooner, and maybe from older data. Default: false.' },
])

/** Words of the Enterprise edition: sent on as given, for the server to refuse. */
export const partitionFlag = flags([{ name: 'partition', kind: 'string', default: '', help: 'Admin partition. There is one only, so that a server refuses any name.' }])
export const scopeFlags = flags([...partitionFlag, { name: 'namespace', kind: 'string', default: '', help: 'Namespace. There is one only, so that a server refuses any name.' }])

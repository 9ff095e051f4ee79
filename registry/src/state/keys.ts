// The layout of the key space: one builder a row. What dies together shares a prefix; what must be unique is a key of its own.
//
//   node/<n>                    a node                    node/<n>/service/<id>   an instance
//   node/<n>/check/<id>         a check                   node/<n>/checks-of/<service>/<check>   a pointer to it
//   node-id/<uuid>              which node holds an id
//   agent/service/<id>          registered at the agent   agent/check/<id>        likewise
//   virtual-ip/<service>
//   config/<kind>/<name>        cluster/id
//   node/<n>/coordinate/<segment>
//   query/<id>  query-name/<name>  query-of/<session>/<id>
//   kv/<key>  held/<session>/<key>  session/<id>  lease/<id>  touched/<topic>  meta/<word>
//
// Names are folded to small letters where Consul looks them up so (nodes, service ids, check ids); agent ids are not.

/** One path segment: a slash inside a name must not look like a separator. */
const segment = (name: string): string => name.includes('/') || name.includes('%') ? name.replace(/[%/]/g, c => c === '%' ? '%25' : '%2F') : name

/** How names are compared in the catalog. */
export const fold = (name: string): string => name.toLowerCase()

/** The node that was asked for last, and how its keys begin: an agent asks for its own again and again. */
let lastNode = ''
let lastPrefix = 'node//'

/** Everything on a node but the node itself. */
function onNode (node: string): string {
  if (node !== lastNode) {
    lastPrefix = `node/${segment(fold(node))}/`
    lastNode = node
  }
  return lastPrefix
}

export const keys = {
  node: (node: string): string => `node/${segment(fold(node))}`,
  /** Every node with all that is on it. */
  nodes: 'node/',
  onNode,
  service: (node: string, id: string): string => `${onNode(node)}service/${segment(fold(id))}`,
  services: (node: string): string => `${onNode(node)}service/`,
  check: (node: string, id: string): string => `${onNode(node)}check/${segment(fold(id))}`,
  checks: (node: string): string => `${onNode(node)}check/`,
  /** Points from an instance to its checks, so that they go together without a walk over the node. */
  checkOf: (node: string, serviceId: string, checkId: string): string => `${onNode(node)}checks-of/${segment(fold(serviceId))}/${segment(fold(checkId))}`,
  checksOf: (node: string, serviceId: string): string => `${onNode(node)}checks-of/${segment(fold(serviceId))}/`,
  nodeId: (id: string): string => `node-id/${fold(id)}`,
  agentService: (id: string): string => `agent/service/${segment(id)}`,
  agentCheckOf: (serviceId: string, checkId: string): string => `agent/checks-of/${segment(serviceId)}/${segment(checkId)}`,
  agentChecksOf: (serviceId: string): string => `agent/checks-of/${segment(serviceId)}/`,
  agentCheck: (id: string): string => `agent/check/${segment(id)}`,
  agentServices: 'agent/service/',
  agentChecks: 'agent/check/',
  coordinate: (node: string, segmentName: string): string => `node/${segment(fold(node))}/coordinate/${segment(segmentName)}`,
  query: (id: string): string => `query/${segment(fold(id))}`,
  queries: 'query/',
  /** Which query has a name; the template that catches every name has the empty one. */
  queryName: (name: string): string => `query-name/${segment(fold(name))}`,
  /** Points from a session to a query that ends with it. */
  queryOf: (session: string, id: string): string => `query-of/${segment(fold(session))}/${segment(fold(id))}`,
  queriesOf: (session: string): string => `query-of/${segment(fold(session))}/`,
  lastEvent: 'event/last',
  /** Marks the last restore. */
  restored: 'meta/restored',
  autopilot: 'operator/autopilot',
  kv: (key: string): string => `kv/${key}`,
  session: (id: string): string => `session/${segment(fold(id))}`,
  sessions: 'session/',
  /** Points from a session to a key that it holds. */
  held: (session: string, key: string): string => `held/${segment(fold(session))}/${key}`,
  heldBy: (session: string): string => `held/${segment(fold(session))}/`,
  /** Points from a node (no check) or a check to a session that ends with it. */
  endsWith: (node: string, check: string, session: string): string => `session-on/${segment(fold(node))}/${segment(fold(check))}/${segment(fold(session))}`,
  endingWith: (node: string, check: string): string => `session-on/${segment(fold(node))}/${segment(fold(check))}/`,
  /** Points from a session's name to a check that tells whether such a session is in force. */
  sessionCheck: (node: string, name: string, check: string): string => `session-check/${segment(fold(node))}/${segment(name)}/${segment(fold(check))}`,
  sessionChecks: (node: string, name: string): string => `session-check/${segment(fold(node))}/${segment(name)}/`,
  /** Nobody may take the lock yet. */
  lockDelay: (key: string): string => `lock-delay/${key}`,
  /** Which lease owns an instance. */
  leaseOf: (node: string, serviceId: string): string => `lease-of/${segment(fold(node))}/${segment(fold(serviceId))}`,
  /** Marks a node that only leases made. */
  leaseNode: (node: string): string => `lease-node/${segment(fold(node))}`,
  lease: (id: string): string => `lease/${segment(id)}`,
  leases: 'lease/',
  configEntry: (kind: string, name: string): string => `config/${segment(kind)}/${segment(fold(name))}`,
  configEntriesOf: (kind: string): string => `config/${segment(kind)}/`,
  configEntries: 'config/',
  clusterId: 'cluster/id',
  virtualIps: 'virtual-ip/',
  virtualIp: (service: string): string => `virtual-ip/${segment(fold(service))}`,
  /** How many virtual addresses were given so far. */
  lastVirtualIp: 'meta/virtual-ip',
  /** Marks a topic as changed where no row of it is left to say so (a rename, a check that moved to another service). */
  touched: (topic: string): string => `touched/${topic}`,
} as const

/** What a row below a node is: the segment behind the node's name (`service`, `check`, …); '' for the node itself, `undefined` for all other rows. */
export function partOf (key: string): string | undefined {
  if (!key.startsWith('node/')) return undefined
  const from = key.indexOf('/', 'node/'.length)
  if (from < 0) return ''
  const to = key.indexOf('/', from + 1)
  return key.slice(from + 1, to < 0 ? undefined : to)
}

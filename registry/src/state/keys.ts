// The layout of the key space: one builder a row. What dies together shares a prefix; what must be unique is a key of its own.
//
//   node/<n>                    a node                    node/<n>/service/<id>   an instance
//   node/<n>/check/<id>         a check                   node-id/<uuid>          which node holds an id
//   agent/service/<id>          registered at the agent   agent/check/<id>        likewise
//   kv/<key>  held/<session>/<key>  session/<id>  lease/<id>  touched/<topic>  meta/<word>
//
// Names are folded to small letters where Consul looks them up so (nodes, service ids, check ids); agent ids are not.

/** One path segment: a slash inside a name must not look like a separator. */
const segment = (name: string): string => name.replace(/[%/]/g, c => c === '%' ? '%25' : '%2F')

/** How names are compared in the catalog. */
export const fold = (name: string): string => name.toLowerCase()

export const keys = {
  node: (node: string): string => `node/${segment(fold(node))}`,
  /** Everything on a node but the node itself. */
  onNode: (node: string): string => `node/${segment(fold(node))}/`,
  service: (node: string, id: string): string => `node/${segment(fold(node))}/service/${segment(fold(id))}`,
  services: (node: string): string => `node/${segment(fold(node))}/service/`,
  check: (node: string, id: string): string => `node/${segment(fold(node))}/check/${segment(fold(id))}`,
  checks: (node: string): string => `node/${segment(fold(node))}/check/`,
  nodeId: (id: string): string => `node-id/${fold(id)}`,
  agentService: (id: string): string => `agent/service/${segment(id)}`,
  agentCheck: (id: string): string => `agent/check/${segment(id)}`,
  kv: (key: string): string => `kv/${key}`,
  lease: (id: string): string => `lease/${segment(id)}`,
  /** Marks a topic as changed where no row of it is left to say so (a rename, a check that moved to another service). */
  touched: (topic: string): string => `touched/${topic}`,
} as const

// What each endpoint is for, in one place: the source of `/openapi.json`, docs/reference.md and the test that no route is without words.
// How an endpoint behaves in every corner is the route's own affair; this says what it takes and gives.

import { agentServiceRegister } from './decode/bodies/service.js'
import { agentCheckRegister, agentCheckUpdate } from './decode/bodies/check.js'
import { agentToken } from './decode/bodies/agent-token.js'
import { caConfiguration, connectAuthorize } from './decode/bodies/connect.js'
import { catalogDeregister, catalogRegister } from './decode/bodies/catalog.js'
import { coordinateUpdate } from './decode/bodies/coordinate.js'
import { intentionBody } from './decode/bodies/intention.js'
import { localAgentReport } from './decode/bodies/local-agent.js'
import { lease, leaseEdges, leaseStatus } from './decode/bodies/lease.js'
import { autopilotConfiguration } from './decode/bodies/operator.js'
import { peeringEstablish, peeringToken } from './decode/bodies/peering.js'
import { preparedQuery } from './decode/bodies/query.js'
import { sessionCreate } from './decode/bodies/session.js'
import type { JsonSchema } from './decode/kind.js'
import type { Method } from './route.js'

/** Parameters by name, each said once. */
export const PARAMETERS = {
  dc: 'Datacenter; only the own one is known.',
  stale: 'Flag: an answer that may be old will do.',
  consistent: 'Flag: the answer must be of now.',
  index: 'Answer only when the index has passed this one: a blocking query.',
  wait: 'How long a blocking query waits: a Go duration, 5m by default, 10m at most, plus up to 1/16.',
  cached: 'Flag: an answer from the cache will do.',
  filter: 'Filter expression over the fields of the answer.',
  near: 'Sort by round trip time from this node; `_agent` is the one that answers.',
  'node-meta': '`key:value` that the node must have; may be given several times.',
  tag: 'Tag that the instance must have, any letter case; may be given several times.',
  passing: 'Only instances whose every check is passing.',
  'merge-central-config': 'Flag: fold proxy-defaults and service-defaults into proxies.',
  peer: 'Cluster that the service is imported from.',
  pretty: 'Flag: indented, with a final newline.',
  note: 'Output of the check.',
  enable: 'true or false.',
  reason: 'Why, for people.',
  'replace-existing-checks': 'Empty or `true`: checks that are not in the body go.',
  hash: 'Answer only when the content hash differs from this one.',
  format: 'Another form of the answer: `text`, `prometheus`.',
  recurse: 'Flag: everything below the prefix.',
  keys: 'Flag: names only.',
  separator: 'With `keys`: fold names at the first one after the prefix.',
  raw: 'Flag: the value as bytes.',
  cas: 'Only if the entry has this ModifyIndex; 0: only if it is not there.',
  flags: 'Number kept with the value, 64 bits.',
  acquire: 'Session that takes the lock.',
  release: 'Session that gives the lock back.',
  loglevel: 'TRACE, DEBUG, INFO, WARN or ERROR.',
  logjson: 'Flag: lines of JSON.',
  wan: 'The members of other datacenters.',
  segment: 'Network segment; only the default one is known.',
  prune: 'Flag: forget it altogether.',
  kind: 'Kind.',
  name: 'Name.',
  limit: 'How many instances at most.',
  connect: 'Proxies and native instances instead.',
  node: 'Regular expression on node names.',
  service: 'A service by name; with events a regular expression on names.',
  id: 'Id.',
  address: 'host:port.',
  by: '`source` or `destination`.',
  source: 'Name of the calling service.',
  destination: 'Name of the called service.',
  global: 'Flag: all datacenters.',
  'compile-dc': 'Datacenter to compile for.',
  pem: 'true: the chain as PEM.',
  since: 'Revision of the view that the follower has; absent: none.',
  history: 'The history that it belongs to, as it was told.',
  state: 'Passing, warning, critical or any.',
} as const

export type ParameterName = keyof typeof PARAMETERS

/** What a read takes beside its own parameters. */
const READ: readonly ParameterName[] = ['dc', 'stale', 'consistent', 'index', 'wait', 'pretty']

export interface Described {
  readonly method: Method
  /** With `{names}` where the route captures. */
  readonly path: string
  readonly summary: string
  /** What a 200 carries. */
  readonly answer: string
  readonly parameters?: readonly ParameterName[]
  readonly body?: () => JsonSchema
  /** A body that is no JSON. */
  readonly rawBody?: string
  /** Roster's own, not in Consul. */
  readonly own?: boolean
}

const table = (of: { readonly schema: () => JsonSchema }) => () => of.schema()
const DONE = 'Empty.'
const TRUE = '`true`.'

export const reference: readonly Described[] = [
  // === agent ===
  { method: 'GET', path: '/v1/agent/self', summary: 'What the agent says of itself', answer: 'Config, DebugConfig, Coord, Member, Stats, Meta.' },
  { method: 'GET', path: '/v1/agent/version', summary: 'Version', answer: 'SHA, BuildDate, HumanVersion, FIPS.' },
  { method: 'GET', path: '/v1/agent/host', summary: 'The machine', answer: 'Memory, CPU, disk, host and the time of the look.' },
  { method: 'GET', path: '/v1/agent/members', summary: 'Members of the cluster', answer: 'A list of members.', parameters: ['wan', 'segment', 'filter'] },
  { method: 'PUT', path: '/v1/agent/join/{address}', summary: 'Join another agent', answer: DONE, parameters: ['wan'] },
  { method: 'PUT', path: '/v1/agent/leave', summary: 'Leave and end', answer: DONE },
  { method: 'PUT', path: '/v1/agent/force-leave/{node}', summary: 'Make a failed member leave', answer: DONE, parameters: ['prune', 'wan'] },
  { method: 'PUT', path: '/v1/agent/reload', summary: 'Read the configuration files anew', answer: DONE },
  { method: 'PUT', path: '/v1/agent/maintenance', summary: 'Maintenance of the node', answer: DONE, parameters: ['enable', 'reason'] },
  { method: 'GET', path: '/v1/agent/metrics', summary: 'Metrics in the compatible form', answer: 'Gauges, Points, Counters, Samples.', parameters: ['format'] },
  { method: 'GET', path: '/v1/agent/metrics/stream', summary: 'Metrics, again and again', answer: 'A stream of JSON documents.' },
  { method: 'GET', path: '/v1/agent/monitor', summary: 'The log as it is written', answer: 'A stream of lines.', parameters: ['loglevel', 'logjson'] },
  { method: 'PUT', path: '/v1/agent/token/{kind}', summary: 'Set a token of the agent', answer: DONE, body: table(agentToken) },
  { method: 'GET', path: '/v1/agent/services', summary: 'Services registered at the agent', answer: 'A map from id to service.', parameters: ['filter'] },
  { method: 'GET', path: '/v1/agent/service/{id}', summary: 'One service registered at the agent', answer: 'The service with its ContentHash.', parameters: ['hash', 'wait'] },
  { method: 'PUT', path: '/v1/agent/service/register', summary: 'Register a service', answer: DONE, parameters: ['replace-existing-checks'], body: table(agentServiceRegister) },
  { method: 'PUT', path: '/v1/agent/service/deregister/{id}', summary: 'Deregister a service', answer: DONE },
  { method: 'PUT', path: '/v1/agent/service/maintenance/{id}', summary: 'Maintenance of a service', answer: DONE, parameters: ['enable', 'reason'] },
  { method: 'GET', path: '/v1/agent/checks', summary: 'Checks registered at the agent', answer: 'A map from id to check.', parameters: ['filter'] },
  { method: 'PUT', path: '/v1/agent/check/register', summary: 'Register a check', answer: DONE, body: table(agentCheckRegister) },
  { method: 'PUT', path: '/v1/agent/check/deregister/{id}', summary: 'Deregister a check', answer: DONE },
  { method: 'PUT', path: '/v1/agent/check/pass/{id}', summary: 'A TTL check is passing', answer: DONE, parameters: ['note'] },
  { method: 'PUT', path: '/v1/agent/check/warn/{id}', summary: 'A TTL check is warning', answer: DONE, parameters: ['note'] },
  { method: 'PUT', path: '/v1/agent/check/fail/{id}', summary: 'A TTL check is critical', answer: DONE, parameters: ['note'] },
  { method: 'PUT', path: '/v1/agent/check/update/{id}', summary: 'Status and output of a TTL check', answer: DONE, body: table(agentCheckUpdate) },
  { method: 'GET', path: '/v1/agent/health/service/id/{id}', summary: 'Health of one local service: 200, 429 or 503', answer: 'AggregatedStatus, Service, Checks.', parameters: ['format'] },
  { method: 'GET', path: '/v1/agent/health/service/name/{name}', summary: 'Health of all local instances of a service', answer: 'A list of the same.', parameters: ['format'] },
  { method: 'GET', path: '/v1/agent/connect/ca/roots', summary: 'Certificate authority roots', answer: 'Roots.', parameters: ['index', 'wait'] },
  { method: 'GET', path: '/v1/agent/connect/ca/leaf/{service}', summary: 'Certificate of a service', answer: 'Certificate and key.', parameters: ['index', 'wait'] },
  { method: 'POST', path: '/v1/agent/connect/authorize', summary: 'May this client call that service?', answer: 'Authorized, Reason.', body: table(connectAuthorize) },
  // === catalog ===
  { method: 'PUT', path: '/v1/catalog/register', summary: 'Write a node, an instance, checks straight into the catalog', answer: TRUE, body: table(catalogRegister) },
  { method: 'PUT', path: '/v1/catalog/deregister', summary: 'Take an instance, a check or a node with all that is on it out of the catalog', answer: TRUE, body: table(catalogDeregister) },
  { method: 'GET', path: '/v1/catalog/datacenters', summary: 'Datacenters, nearest first', answer: 'A list of names.', parameters: ['cached'] },
  { method: 'GET', path: '/v1/catalog/nodes', summary: 'Nodes', answer: 'A list of nodes.', parameters: [...READ, 'near', 'node-meta', 'filter'] },
  { method: 'GET', path: '/v1/catalog/services', summary: 'Names of services with their tags', answer: 'A map from name to tags.', parameters: [...READ, 'node-meta', 'filter', 'cached'] },
  { method: 'GET', path: '/v1/catalog/service/{service}', summary: 'Instances of a service, without health', answer: 'A list of instances.', parameters: [...READ, 'tag', 'near', 'node-meta', 'filter', 'merge-central-config', 'peer', 'cached'] },
  { method: 'GET', path: '/v1/catalog/connect/{service}', summary: 'Proxies and native instances of a service', answer: 'A list of instances.', parameters: [...READ, 'near', 'node-meta', 'filter', 'merge-central-config', 'cached'] },
  { method: 'GET', path: '/v1/catalog/node/{node}', summary: 'A node and its instances', answer: 'Node and Services, or null.', parameters: [...READ, 'filter'] },
  { method: 'GET', path: '/v1/catalog/node-services/{node}', summary: 'The same, with instances as a list', answer: 'Node and Services.', parameters: [...READ, 'filter', 'merge-central-config'] },
  { method: 'GET', path: '/v1/catalog/gateway-services/{gateway}', summary: 'Services behind a gateway', answer: 'A list.', parameters: READ },
  // === health ===
  { method: 'GET', path: '/v1/health/node/{node}', summary: 'Checks of a node', answer: 'A list of checks.', parameters: [...READ, 'filter'] },
  { method: 'GET', path: '/v1/health/checks/{service}', summary: 'Checks of a service', answer: 'A list of checks.', parameters: [...READ, 'near', 'node-meta', 'filter'] },
  { method: 'GET', path: '/v1/health/state/{state}', summary: 'Checks in a state', answer: 'A list of checks.', parameters: [...READ, 'near', 'node-meta', 'filter'] },
  { method: 'GET', path: '/v1/health/service/{service}', summary: 'Instances of a service with their health', answer: 'A list of Node, Service, Checks.', parameters: [...READ, 'passing', 'tag', 'near', 'node-meta', 'filter', 'merge-central-config', 'peer', 'cached'] },
  { method: 'GET', path: '/v1/health/connect/{service}', summary: 'Proxies and native instances with their health', answer: 'A list of the same.', parameters: [...READ, 'passing', 'near', 'node-meta', 'filter', 'merge-central-config', 'peer', 'cached'] },
  { method: 'GET', path: '/v1/health/ingress/{service}', summary: 'Ingress gateways of a service with their health', answer: 'A list of the same.', parameters: [...READ, 'passing', 'near', 'node-meta', 'filter', 'cached'] },
  // === leases and streams ===
  { method: 'PUT', path: '/v1/lease', summary: 'Grant a lease over a set of instances, or replace its set', answer: 'ID, TTL, Index.', body: table(lease), own: true },
  { method: 'GET', path: '/v1/lease/{id}', summary: 'A lease', answer: 'The lease with RemainingMs and its services.', own: true },
  { method: 'PUT', path: '/v1/lease/{id}/renew', summary: 'A sign of life; 404 means: register again', answer: 'TTL, Index.', own: true },
  { method: 'PUT', path: '/v1/lease/{id}/status', summary: 'What the process says of its instances', answer: 'Index.', body: table(leaseStatus), own: true },
  { method: 'PUT', path: '/v1/lease/{id}/edges', summary: 'What the calls of the process did since its last report, by the service called: docs/ui.md', answer: 'EveryMs: when to report again.', body: table(leaseEdges), own: true },
  { method: 'DELETE', path: '/v1/lease/{id}', summary: 'End a lease; everything it owns goes at once', answer: 'Index.', own: true },
  { method: 'GET', path: '/v1/cluster/servers', summary: 'The live servers over one store', answer: 'A list with ID, Version, HTTP, StartedAt, ReadOnly, Self; empty for one server alone.', own: true },
  { method: 'PUT', path: '/v1/cluster/signs', summary: 'Signs of life that came to another server; for servers among themselves', answer: 'Nothing.', own: true },
  { method: 'GET', path: '/v1/leases', summary: 'All leases', answer: 'A list of leases.', own: true },
  { method: 'GET', path: '/v1/topology', summary: 'Who calls whom, with rates, errors and times, as callers report it', answer: 'Services, Edges.', parameters: ['service'], own: true },
  { method: 'GET', path: '/v1/local-agent/view', summary: 'What a local agent follows: a view, then every event', answer: 'Lines of JSON without an end.', parameters: ['since', 'history', 'id', 'node', 'dc'], own: true },
  { method: 'GET', path: '/v1/local-agent/head', summary: 'The newest revision, and whether an agent may follow this server', answer: 'Revision.', parameters: ['id', 'node', 'dc'], own: true },
  { method: 'PUT', path: '/v1/local-agent/report', summary: 'What a local agent says of its node; a sign of life', answer: 'Known, Index.', body: table(localAgentReport), own: true },
  { method: 'GET', path: '/v1/watchers', summary: 'Who watches over streams', answer: 'A list of Client, Kind, Name, Since, Acked.', parameters: ['kind', 'name'], own: true },
  { method: 'GET', path: '/v1/watchers/acked', summary: 'Wait until all who watch a name have acknowledged an index', answer: 'Acked, Behind.', parameters: ['name', 'index', 'wait'], own: true },
  { method: 'GET', path: '/v1/explain/{service}', summary: 'Why a lookup gives what it gives', answer: 'Candidates, filters, what was dropped and why.', parameters: ['passing', 'tag', 'near', 'node-meta', 'filter'], own: true },
  { method: 'GET', path: '/v1/history/{service}', summary: 'The last status changes of each instance', answer: 'A list of instances with their changes.', own: true },
  // === KV, sessions, transactions ===
  { method: 'GET', path: '/v1/kv/{key}', summary: 'A value, or everything below a prefix', answer: 'A list of entries; names; bytes.', parameters: [...READ, 'recurse', 'keys', 'separator', 'raw'] },
  { method: 'PUT', path: '/v1/kv/{key}', summary: 'Store a value', answer: '`true`, or `false` when a condition did not hold.', parameters: ['dc', 'flags', 'cas', 'acquire', 'release'], rawBody: 'The value, up to 512 KiB.' },
  { method: 'DELETE', path: '/v1/kv/{key}', summary: 'Delete a key, or everything below a prefix', answer: '`true`, or `false` when a condition did not hold.', parameters: ['dc', 'recurse', 'cas'] },
  { method: 'PUT', path: '/v1/session/create', summary: 'Begin a session', answer: 'ID.', parameters: ['dc'], body: table(sessionCreate) },
  { method: 'PUT', path: '/v1/session/destroy/{id}', summary: 'End a session', answer: TRUE, parameters: ['dc'] },
  { method: 'PUT', path: '/v1/session/renew/{id}', summary: 'Renew a session', answer: 'A list with the session.', parameters: ['dc'] },
  { method: 'GET', path: '/v1/session/info/{id}', summary: 'A session', answer: 'A list with the session, or none.', parameters: READ },
  { method: 'GET', path: '/v1/session/node/{node}', summary: 'Sessions of a node', answer: 'A list of sessions.', parameters: READ },
  { method: 'GET', path: '/v1/session/list', summary: 'All sessions', answer: 'A list of sessions.', parameters: READ },
  { method: 'PUT', path: '/v1/txn', summary: 'A transaction over keys, nodes, instances and checks: all or nothing', answer: 'Results, or 409 with Errors.', parameters: ['dc', 'stale', 'consistent'], rawBody: 'A list of operations, JSON.' },
  // === prepared queries, events, coordinates ===
  { method: 'GET', path: '/v1/query', summary: 'Prepared queries', answer: 'A list.', parameters: READ },
  { method: 'POST', path: '/v1/query', summary: 'Create a prepared query', answer: 'ID.', parameters: ['dc'], body: table(preparedQuery) },
  { method: 'GET', path: '/v1/query/{id}', summary: 'A prepared query', answer: 'A list with it.', parameters: READ },
  { method: 'PUT', path: '/v1/query/{id}', summary: 'Replace a prepared query', answer: DONE, parameters: ['dc'], body: table(preparedQuery) },
  { method: 'DELETE', path: '/v1/query/{id}', summary: 'Delete a prepared query', answer: DONE, parameters: ['dc'] },
  { method: 'GET', path: '/v1/query/{idOrName}/execute', summary: 'Execute a prepared query', answer: 'Service, Nodes, DNS, Datacenter, Failovers.', parameters: ['dc', 'stale', 'consistent', 'limit', 'near', 'connect', 'cached'] },
  { method: 'GET', path: '/v1/query/{idOrName}/explain', summary: 'The query that would be executed', answer: 'Query.', parameters: ['dc', 'stale', 'consistent'] },
  { method: 'PUT', path: '/v1/event/fire/{name}', summary: 'Fire an event', answer: 'The event.', parameters: ['node', 'service', 'tag'], rawBody: 'Payload, up to 300 bytes.' },
  { method: 'GET', path: '/v1/event/list', summary: 'The last events', answer: 'A list, oldest first.', parameters: ['name', 'index', 'wait'] },
  { method: 'GET', path: '/v1/coordinate/datacenters', summary: 'Coordinates of servers by datacenter', answer: 'A list.' },
  { method: 'GET', path: '/v1/coordinate/nodes', summary: 'Coordinates of nodes', answer: 'A list.', parameters: READ },
  { method: 'GET', path: '/v1/coordinate/node/{node}', summary: 'Coordinates of one node', answer: 'A list.', parameters: READ },
  { method: 'PUT', path: '/v1/coordinate/update', summary: 'Set the coordinate of a node', answer: DONE, body: table(coordinateUpdate) },
  // === config entries, intentions ===
  { method: 'PUT', path: '/v1/config', summary: 'Write a config entry', answer: '`true`, or `false` when a condition did not hold.', parameters: ['dc', 'cas'], rawBody: 'The entry, JSON: Kind, Name and the fields of its kind, CamelCase or snake_case.' },
  { method: 'GET', path: '/v1/config/{kind}/{name}', summary: 'A config entry, or (without a name) all of a kind', answer: 'The entry, or a list.', parameters: [...READ, 'filter'] },
  { method: 'DELETE', path: '/v1/config/{kind}/{name}', summary: 'Delete a config entry', answer: '`{}`; with `cas` a boolean.', parameters: ['dc', 'cas'] },
  { method: 'GET', path: '/v1/exported-services', summary: 'Services that other clusters may know', answer: 'A list of Service, Consumers.', parameters: READ },
  { method: 'GET', path: '/v1/discovery-chain/{service}', summary: 'How a service is reached, made of config entries', answer: 'Chain.', parameters: [...READ, 'compile-dc'] },
  { method: 'POST', path: '/v1/discovery-chain/{service}', summary: 'The same, with something said otherwise', answer: 'Chain.', parameters: [...READ, 'compile-dc'], rawBody: 'OverrideProtocol, OverrideConnectTimeout, OverrideMeshGateway, JSON.' },
  { method: 'GET', path: '/v1/connect/intentions', summary: 'Who may call whom', answer: 'A list of intentions.', parameters: [...READ, 'filter'] },
  { method: 'POST', path: '/v1/connect/intentions', summary: 'Create an intention with an id, the old way', answer: 'ID.', parameters: ['dc'], body: table(intentionBody) },
  { method: 'GET', path: '/v1/connect/intentions/exact', summary: 'The intention between two services', answer: 'The intention.', parameters: ['dc', 'source', 'destination'] },
  { method: 'PUT', path: '/v1/connect/intentions/exact', summary: 'Write the intention between two services', answer: TRUE, parameters: ['dc', 'source', 'destination'], body: table(intentionBody) },
  { method: 'DELETE', path: '/v1/connect/intentions/exact', summary: 'Delete the intention between two services', answer: TRUE, parameters: ['dc', 'source', 'destination'] },
  { method: 'GET', path: '/v1/connect/intentions/match', summary: 'Intentions about a service, first the one that counts first', answer: 'A map from name to intentions.', parameters: [...READ, 'by', 'name'] },
  { method: 'GET', path: '/v1/connect/intentions/check', summary: 'May this service call that one?', answer: 'Allowed.', parameters: ['dc', 'source', 'destination'] },
  { method: 'GET', path: '/v1/connect/intentions/{id}', summary: 'An intention by id', answer: 'The intention.', parameters: ['dc'] },
  { method: 'PUT', path: '/v1/connect/intentions/{id}', summary: 'Replace an intention by id', answer: 'ID.', parameters: ['dc'], body: table(intentionBody) },
  { method: 'DELETE', path: '/v1/connect/intentions/{id}', summary: 'Delete an intention by id', answer: TRUE, parameters: ['dc'] },
  { method: 'GET', path: '/v1/connect/ca/roots', summary: 'Certificate authority roots', answer: 'Roots.', parameters: [...READ, 'pem'] },
  { method: 'GET', path: '/v1/connect/ca/configuration', summary: 'Settings of the certificate authority', answer: 'The settings.', parameters: ['dc'] },
  { method: 'PUT', path: '/v1/connect/ca/configuration', summary: 'Change the settings of the certificate authority', answer: DONE, parameters: ['dc'], body: table(caConfiguration) },
  { method: 'PUT', path: '/v1/internal/service-virtual-ip', summary: 'Give a service virtual addresses by hand', answer: 'Found, UnassignedFrom.', rawBody: 'Service and ManualVIPs, JSON.' },
  // === other clusters ===
  { method: 'GET', path: '/v1/peerings', summary: 'Clusters that this one is a peer of', answer: 'A list, always empty.' },
  { method: 'GET', path: '/v1/peering/{name}', summary: 'One of them', answer: 'None: 404.' },
  { method: 'DELETE', path: '/v1/peering/{name}', summary: 'Forget one of them', answer: DONE },
  { method: 'POST', path: '/v1/peering/token', summary: 'Invite another cluster', answer: 'None: 501.', body: table(peeringToken) },
  { method: 'POST', path: '/v1/peering/establish', summary: 'Take an invitation up', answer: 'None: 501.', body: table(peeringEstablish) },
  { method: 'GET', path: '/v1/internal/federation-states', summary: 'Gateways of other datacenters', answer: 'A list, always empty.', parameters: READ },
  { method: 'GET', path: '/v1/internal/federation-states/mesh-gateways', summary: 'The same by datacenter', answer: 'A map, always empty.', parameters: READ },
  { method: 'GET', path: '/v1/internal/federation-state/{datacenter}', summary: 'Those of one datacenter', answer: 'None: 404.', parameters: READ },
  // === what the web UI shows ===
  { method: 'GET', path: '/v1/internal/ui/services', summary: 'Services in short: instances, checks, proxies, gateways', answer: 'A list.', parameters: [...READ, 'filter', 'peer'] },
  { method: 'GET', path: '/v1/internal/ui/nodes', summary: 'Nodes with their instances and checks', answer: 'A list.', parameters: [...READ, 'filter'] },
  { method: 'GET', path: '/v1/internal/ui/node/{node}', summary: 'One of them', answer: 'The node, or 404.', parameters: READ },
  { method: 'GET', path: '/v1/internal/ui/catalog-overview', summary: 'Nodes, services and checks counted by health, a few seconds old at most', answer: 'Nodes, Services, Checks.', parameters: ['dc'] },
  { method: 'GET', path: '/v1/internal/ui/service-topology/{service}', summary: 'Who calls a service, and whom it calls', answer: 'Protocol, TransparentProxy, Upstreams, Downstreams.', parameters: [...READ, 'kind'] },
  { method: 'GET', path: '/v1/internal/ui/gateway-services-nodes/{gateway}', summary: 'Services behind a gateway in short', answer: 'A list.', parameters: READ },
  { method: 'GET', path: '/v1/internal/ui/gateway-intentions/{gateway}', summary: 'Intentions about the services behind a gateway', answer: 'A list.', parameters: READ },
  { method: 'GET', path: '/v1/internal/ui/exported-services', summary: 'Services that a peer may know', answer: 'A list, always empty.', parameters: [...READ, 'peer'] },
  { method: 'GET', path: '/v1/internal/ui/metrics-proxy/{path}', summary: 'A request to the metrics server that the settings name', answer: 'Whatever it answers.' },
  // === status, operator, snapshot ===
  { method: 'GET', path: '/v1/status/leader', summary: 'Address of the leader', answer: '`host:port`.' },
  { method: 'GET', path: '/v1/status/peers', summary: 'Addresses of the servers', answer: 'A list.' },
  { method: 'GET', path: '/v1/snapshot', summary: 'Save the state', answer: 'An archive.', parameters: ['dc', 'stale'] },
  { method: 'PUT', path: '/v1/snapshot', summary: 'Replace the state by that of an archive', answer: DONE, parameters: ['dc'], rawBody: 'The archive.' },
  { method: 'GET', path: '/v1/operator/raft/configuration', summary: 'Servers', answer: 'Servers, Index.', parameters: ['dc', 'stale'] },
  { method: 'DELETE', path: '/v1/operator/raft/peer', summary: 'Remove a server', answer: DONE, parameters: ['id', 'address'] },
  { method: 'POST', path: '/v1/operator/raft/transfer-leader', summary: 'Let another server lead', answer: 'Success.', parameters: ['id'] },
  { method: 'GET', path: '/v1/operator/autopilot/configuration', summary: 'Settings of autopilot', answer: 'The settings.' },
  { method: 'PUT', path: '/v1/operator/autopilot/configuration', summary: 'Change the settings of autopilot', answer: TRUE, parameters: ['cas'], body: table(autopilotConfiguration) },
  { method: 'GET', path: '/v1/operator/autopilot/health', summary: 'Health of the servers: 200 or 429', answer: 'Healthy, FailureTolerance, Servers.' },
  { method: 'GET', path: '/v1/operator/autopilot/state', summary: 'State of autopilot', answer: 'The state.' },
  { method: 'GET', path: '/v1/operator/usage', summary: 'How many nodes, services, instances', answer: 'Usage by datacenter.', parameters: ['global'] },
  { method: 'GET', path: '/v1/operator/utilization', summary: 'Enterprise only', answer: 'None: 404.' },
  { method: 'GET', path: '/v1/operator/keyring', summary: 'Gossip keys', answer: 'None: there is no gossip.' },
  { method: 'POST', path: '/v1/operator/keyring', summary: 'Add a gossip key', answer: 'None: there is no gossip.' },
  { method: 'PUT', path: '/v1/operator/keyring', summary: 'Use a gossip key', answer: 'None: there is no gossip.' },
  { method: 'DELETE', path: '/v1/operator/keyring', summary: 'Remove a gossip key', answer: 'None: there is no gossip.' },
]

// The package's one catalogue of errors: each has a code, an HTTP status and a text template (`%s` is filled in order). Doors turn them into answers;
// nothing else invents texts. Texts that clients know are Consul's own, letter by letter.

/** An error with an answer: `status` and `message` are what the caller sees. */
export class RosterError extends Error {
  constructor (readonly code: string, readonly status: number, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'RosterError'
  }
}

type Factory = (...fill: ReadonlyArray<string | number>) => RosterError

/** Template to factory. A `%s` without a value stays as it is, so that a mistake is seen. */
const define = (code: string, status: number, template: string): Factory => (...fill) => {
  let i = 0
  return new RosterError(code, status, template.replace(/%s/g, m => i < fill.length ? String(fill[i++]) : m))
}

export const errors = {
  // === any request ===
  DECODE: define('DECODE', 400, 'Request decode failed: %s'),
  NO_LEADER: define('NO_LEADER', 500, 'No cluster leader'),
  NO_PATH_TO_DATACENTER: define('NO_PATH_TO_DATACENTER', 500, 'No path to datacenter'),
  ACL_NOT_ENFORCED: define('ACL_NOT_ENFORCED', 500, 'acl.enabled is set, and this version does not enforce access control: take it out of the settings, and let only those reach the ports who may write'),
  INTERNAL: define('INTERNAL', 500, 'internal error (request %s)'),

  STALE_AND_CONSISTENT: define('STALE_AND_CONSISTENT', 400, 'Cannot specify ?stale with ?consistent, conflicting semantics.'),
  CACHED_AND_CONSISTENT: define('CACHED_AND_CONSISTENT', 400, 'Cannot specify ?cached with ?consistent, conflicting semantics.'),
  BAD_MAX_STALE: define('BAD_MAX_STALE', 400, 'Invalid max_stale value "%s"'),
  BAD_CACHE_CONTROL: define('BAD_CACHE_CONTROL', 400, 'Invalid Cache-Control header.'),
  BAD_WAIT: define('BAD_WAIT', 400, 'Invalid wait time'),
  BAD_INDEX: define('BAD_INDEX', 400, 'Invalid index'),
  NAMESPACE_QUERY: define('NAMESPACE_QUERY', 400, 'Invalid query parameter: "ns" - Namespaces are a Consul Enterprise feature'),
  NAMESPACE_HEADER: define('NAMESPACE_HEADER', 400, 'Invalid header: "X-Consul-Namespace" - Namespaces are a Consul Enterprise feature'),
  PARTITION_QUERY: define('PARTITION_QUERY', 400, 'Invalid query parameter: "partition" - Partitions are a Consul Enterprise feature'),
  PARTITION_HEADER: define('PARTITION_HEADER', 400, 'Invalid header: "X-Consul-Partition" - Partitions are a Consul Enterprise feature'),
  CUT_SHORT: define('CUT_SHORT', 400, 'the request was cut short'),
  TOO_MANY_READERS: define('TOO_MANY_READERS', 429, 'Too many blocking queries are held, try again later'),
  TOO_MANY_REQUESTS: define('TOO_MANY_REQUESTS', 429, 'Too many requests from this address, try again in %s s'),
  FOREIGN_HOST: define('FOREIGN_HOST', 403, 'Host "%s" is not known to this agent; add it to roster.allowed_hosts if it is meant'),
  FOREIGN_ORIGIN: define('FOREIGN_ORIGIN', 403, 'Requests from pages of "%s" may not change anything here'),
  ENDPOINT_BLOCKED: define('ENDPOINT_BLOCKED', 403, 'Endpoint is blocked by agent configuration'),
  WRITE_RESTRICTED: define('WRITE_RESTRICTED', 403, 'Access is restricted'),
  METHOD_NOT_ALLOWED: define('METHOD_NOT_ALLOWED', 405, 'method %s not allowed'),
  BODY_TOO_LARGE: define('BODY_TOO_LARGE', 413, 'Request body(%s bytes) too large, max size: %s bytes. See %s.'),

  // === filter language ===
  FILTER: define('FILTER', 500, 'Failed to create boolean expression evaluator: %s'),
  FILTER_BARE: define('FILTER_BARE', 500, '%s'),

  // === catalog ===
  MUST_PROVIDE_NODE: define('MUST_PROVIDE_NODE', 500, 'Must provide node'),
  MUST_PROVIDE_ADDRESS: define('MUST_PROVIDE_ADDRESS', 500, 'Must provide address if SkipNodeUpdate is not set'),
  BAD_NODE_ID: define('BAD_NODE_ID', 500, 'Bad node ID: %s'),
  NODE_RESERVED_NEW: define('NODE_RESERVED_NEW', 500, 'Error while renaming Node ID: "%s": Node name %s is reserved by node %s with name %s (%s)'),
  NODE_RESERVED_RENAME: define('NODE_RESERVED_RENAME', 500, 'Error while renaming Node ID: "%s" (%s): Node name %s is reserved by node %s with name %s (%s)'),
  MISSING_NODE: define('MISSING_NODE', 500, 'Missing node registration'),
  UNKNOWN_SERVICE_FOR_CHECK: define('UNKNOWN_SERVICE_FOR_CHECK', 500, "Unknown service ID '%s' for check ID '%s'"),
  CHECK_NODE_DIFFERS: define('CHECK_NODE_DIFFERS', 500, "Node '%s' for check '%s' doesn't match register request node '%s'"),
  CATALOG_SERVICE_META: define('CATALOG_SERVICE_META', 500, 'failed inserting service: Invalid Service Meta for node %s and serviceID %s: %s'),
  CHECK_WITHOUT_ID: define('CHECK_WITHOUT_ID', 500, 'failed inserting check on node "%s": failed health check lookup: index error: object is missing a value for this index'),
  PEER_NAME_IN_REQUEST: define('PEER_NAME_IN_REQUEST', 500, 'cannot register requests with PeerName in them'),
  SERVICE_NAME_AND_ID_EMPTY: define('SERVICE_NAME_AND_ID_EMPTY', 500, 'service name (Service.Service) is required; both Service ID (Service.ID) and Service Name cannot be empty'),
  SERVICE_NAME_MISSING: define('SERVICE_NAME_MISSING', 500, 'Must provide service name (Service.Service) when service ID is provided'),
  CATALOG_SERVICE_ADDRESS: define('CATALOG_SERVICE_ADDRESS', 500, 'Invalid service address'),
  SERVICE_INVALID: define('SERVICE_INVALID', 500, '%s'),

  // === a path that names nothing ===
  MISSING_NODE_NAME: define('MISSING_NODE_NAME', 400, 'Missing node name'),
  MISSING_WATCHED_NAME: define('MISSING_WATCHED_NAME', 400, 'Missing name'),
  MISSING_SERVICE_NAME: define('MISSING_SERVICE_NAME', 400, 'Missing service name'),
  MISSING_GATEWAY_NAME: define('MISSING_GATEWAY_NAME', 400, 'Missing gateway name'),
  MISSING_CHECK_STATE: define('MISSING_CHECK_STATE', 400, 'Missing check state'),
  BAD_PASSING: define('BAD_PASSING', 400, 'Invalid value for ?passing'),
  SAMENESS_GROUPS: define('SAMENESS_GROUPS', 500, 'sameness groups are not supported in consul CE'),
  PEER_AND_SAMENESS: define('PEER_AND_SAMENESS', 400, 'peer-name and sameness-group are mutually exclusive'),

  // === checks ===
  NOT_IMPLEMENTED: define('NOT_IMPLEMENTED', 500, 'not implemented'),
  SCRIPTS_DISABLED: define('SCRIPTS_DISABLED', 500, "Scripts are disabled on this agent; to enable, configure 'enable_script_checks' or 'enable_local_script_checks' to true"),
  SCRIPTS_DISABLED_REMOTE: define('SCRIPTS_DISABLED_REMOTE', 500, "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true"),

  // === agent ===
  INVALID_SERVICE_ADDRESS: define('INVALID_SERVICE_ADDRESS', 400, 'Invalid service address'),
  INVALID_WEIGHTS: define('INVALID_WEIGHTS', 400, 'Invalid Weights: %s'),
  INVALID_SERVICE_META: define('INVALID_SERVICE_META', 400, 'Invalid Service Meta: %s'),
  SERVICE_VALIDATION: define('SERVICE_VALIDATION', 400, 'Validation failed: %s'),
  INVALID_CHECK: define('INVALID_CHECK', 400, 'Invalid check: %s'),
  INVALID_CHECK_STATUSES: define('INVALID_CHECK_STATUSES', 400, "Status for checks must 'passing', 'warning', 'critical'"),
  MULTI_PORT_AND_CONNECT: define('MULTI_PORT_AND_CONNECT', 400, 'MultiPort cannot be used with Consul Connect.'),
  INVALID_SIDECAR_CHECK: define('INVALID_SIDECAR_CHECK', 400, 'Invalid check in sidecar_service: %s'),
  INVALID_SIDECAR: define('INVALID_SIDECAR', 400, 'Invalid SidecarService: %s'),
  SIDECAR_VALIDATION: define('SIDECAR_VALIDATION', 400, 'Failed Validation: %s'),
  SIDECAR_PORT_AND_PORTS: define('SIDECAR_PORT_AND_PORTS', 500, 'Both port and ports cannot be set'),
  SIDECAR_PORTS_DISABLED: define('SIDECAR_PORTS_DISABLED', 500, 'no port provided for sidecar_service and auto-assignment disabled in config'),
  SIDECAR_PORTS_TAKEN: define('SIDECAR_PORTS_TAKEN', 500, 'no port provided for sidecar_service and none left in the configured range [%s, %s]'),
  TAGGED_ADDRESS: define('TAGGED_ADDRESS', 500, 'Service tagged address "%s" must be a valid %s address'),
  SERVICE_OF_LEASE: define('SERVICE_OF_LEASE', 409, 'Service ID "%s" belongs to a lease on this node'),
  UNKNOWN_AGENT_SERVICE: define('UNKNOWN_AGENT_SERVICE', 404, 'unknown service ID: %s'),
  UNKNOWN_SERVICE_ID: define('UNKNOWN_SERVICE_ID', 404, 'Unknown service ID "%s". Ensure that the service ID is passed, not the service name.'),
  UNKNOWN_CHECK_ID: define('UNKNOWN_CHECK_ID', 404, 'Unknown check ID "%s". Ensure that the check ID is passed, not the check name.'),
  SERVICE_DOES_NOT_EXIST: define('SERVICE_DOES_NOT_EXIST', 404, 'ServiceID "%s" does not exist'),
  MISSING_CHECK_NAME: define('MISSING_CHECK_NAME', 400, 'Missing check name'),
  BAD_CHECK_STATUS: define('BAD_CHECK_STATUS', 400, 'Bad check status'),
  INVALID_CHECK_STATUS: define('INVALID_CHECK_STATUS', 400, "Invalid check status: '%s'"),
  NOT_A_TTL_CHECK: define('NOT_A_TTL_CHECK', 500, 'CheckID "%s" does not have associated TTL'),
  MISSING_SERVICE_ID: define('MISSING_SERVICE_ID', 400, 'Missing service ID'),
  MISSING_ENABLE: define('MISSING_ENABLE', 400, 'Missing value for enable'),
  INVALID_ENABLE: define('INVALID_ENABLE', 400, 'Invalid value for enable: %s'),
  MISSING_HEALTH_SERVICE_ID: define('MISSING_HEALTH_SERVICE_ID', 500, 'Missing serviceID'),
  MISSING_HEALTH_SERVICE_NAME: define('MISSING_HEALTH_SERVICE_NAME', 500, 'Missing service Name'),
  WAN_AND_SEGMENT: define('WAN_AND_SEGMENT', 400, 'Cannot provide a segment with wan=true'),
  SEGMENTS: define('SEGMENTS', 500, 'Network segments are not supported in this version of Consul'),
  JOIN_FAILED: define('JOIN_FAILED', 500, '1 error occurred:\n\t* Failed to %s\n\n'),
  NO_SUCH_MEMBER: define('NO_SUCH_MEMBER', 500, "agent: No node found with name '%s'"),
  RELOAD_FAILED: define('RELOAD_FAILED', 500, '%s'),
  ACL_DISABLED: define('ACL_DISABLED', 401, 'ACL support disabled'),
  UNKNOWN_TOKEN_KIND: define('UNKNOWN_TOKEN_KIND', 404, 'Token "%s" is unknown'),
  UNKNOWN_LOG_LEVEL: define('UNKNOWN_LOG_LEVEL', 400, 'Unknown log level: %s'),
  CONNECT_DISABLED: define('CONNECT_DISABLED', 500, 'Connect must be enabled in order to use this endpoint'),

  // === leases (Roster's own) ===
  LEASE_UNKNOWN: define('LEASE_UNKNOWN', 404, 'Unknown lease ID "%s". Register again.'),
  LEASE_TTL_MISSING: define('LEASE_TTL_MISSING', 400, 'Missing TTL'),
  LEASE_TTL: define('LEASE_TTL', 400, 'Invalid TTL %s, must be between %s and %s'),
  LEASE_DEREGISTER: define('LEASE_DEREGISTER', 400, 'Invalid DeregisterAfter %s, must be %s or more'),
  LEASE_STATUS: define('LEASE_STATUS', 400, 'Invalid status "%s", must be one of %s'),
  LEASE_SERVICE_UNKNOWN: define('LEASE_SERVICE_UNKNOWN', 404, 'Lease "%s" has no service with ID "%s"'),
  LEASE_SERVICE_TWICE: define('LEASE_SERVICE_TWICE', 400, 'Service ID "%s" is given twice'),
  LEASE_SERVICE_OF_AGENT: define('LEASE_SERVICE_OF_AGENT', 409, 'Service ID "%s" is registered at the agent of this node'),

  // === sessions ===
  SESSION_NODE_MISSING: define('SESSION_NODE_MISSING', 500, 'Must provide Node'),
  SESSION_BEHAVIOR: define('SESSION_BEHAVIOR', 500, "Invalid Behavior setting '%s'"),
  SESSION_TTL: define('SESSION_TTL', 500, "Session TTL '%s' invalid: %s"),
  SESSION_TTL_BOUNDS: define('SESSION_TTL_BOUNDS', 500, "Invalid Session TTL '%s', must be between [%s=%s]"),
  SESSION_NODE_UNKNOWN: define('SESSION_NODE_UNKNOWN', 500, 'apply failed: Missing node registration'),
  SESSION_CHECK_UNKNOWN: define('SESSION_CHECK_UNKNOWN', 500, "apply failed: Missing check '%s' registration"),
  SESSION_CHECK_CRITICAL: define('SESSION_CHECK_CRITICAL', 500, "apply failed: Check '%s' is in critical state"),
  SESSION_CHECK_WITHOUT_ID: define('SESSION_CHECK_WITHOUT_ID', 500, 'apply failed: failed check lookup: index error: object is missing a value for this index'),
  MISSING_SESSION: define('MISSING_SESSION', 400, 'Missing session'),
  SESSION_UNKNOWN: define('SESSION_UNKNOWN', 404, "Session id '%s' not found"),

  // === config entries, discovery chains, intentions ===
  CONFIG_DECODE: define('CONFIG_DECODE', 400, 'Request decoding failed: %s'),
  CONFIG_ENTRY: define('CONFIG_ENTRY', 500, '%s'),
  CONFIG_KIND: define('CONFIG_KIND', 500, 'invalid config entry kind: %s'),
  CONFIG_KIND_IN_PATH: define('CONFIG_KIND_IN_PATH', 400, 'invalid config entry kind: %s'),
  CONFIG_ENTRY_ABSENT: define('CONFIG_ENTRY_ABSENT', 404, 'Config entry not found for %s / %s'),
  CONFIG_DELETE_NAME: define('CONFIG_DELETE_NAME', 404, 'Must provide both a kind and name to delete'),
  CONFIG_FILTER: define('CONFIG_FILTER', 500, 'filtering not supported for config entry kind=%s'),
  BAD_CAS: define('BAD_CAS', 500, '%s'),
  ONLY_BY_CONTROLLER: define('ONLY_BY_CONTROLLER', 403, 'Permission denied: only writeable by controller'),
  MISSING_CHAIN_NAME: define('MISSING_CHAIN_NAME', 400, 'Missing chain name'),
  CHAIN_MESH_GATEWAY: define('CHAIN_MESH_GATEWAY', 400, 'Invalid OverrideMeshGateway.Mode parameter'),
  CHAIN_BROKEN: define('CHAIN_BROKEN', 500, 'failed to compile discovery chain: %s'),

  // === keys ===
  MISSING_KEY_NAME: define('MISSING_KEY_NAME', 400, 'Missing key name'),
  INVALID_KEY: define('INVALID_KEY', 500, '%s'),
  CONFLICTING_FLAGS: define('CONFLICTING_FLAGS', 400, 'Conflicting flags: %s\n'),
  BAD_KEY_PARAMETER: define('BAD_KEY_PARAMETER', 500, '%s'),
  VALUE_TOO_LARGE_UNDECLARED: define('VALUE_TOO_LARGE_UNDECLARED', 413, 'Request body too large. Max allowed is %s bytes.'),
  LOCK_WITHOUT_SESSION: define('LOCK_WITHOUT_SESSION', 500, 'missing session'),
  LOCK_UNKNOWN_SESSION: define('LOCK_UNKNOWN_SESSION', 500, 'invalid session %s'),
  KEY_WRITE_FAILED: define('KEY_WRITE_FAILED', 500, 'raft apply failed: %s'),

  // === transactions; each but the first three is told of one operation, inside a 409 ===
  TXN_TOO_MANY: define('TXN_TOO_MANY', 413, 'Transaction contains too many operations (%s > %s)'),
  TXN_VALUE_TOO_LARGE: define('TXN_VALUE_TOO_LARGE', 413, 'Value for key %s is too large (%s > %s bytes)'),
  TXN_TOO_LARGE_UNDECLARED: define('TXN_TOO_LARGE_UNDECLARED', 413, 'Request body too large, max size: %s bytes. See %s.'),
  TXN_KEY_ABSENT: define('TXN_KEY_ABSENT', 409, "key %s doesn't exist"),
  TXN_KEY_EXISTS: define('TXN_KEY_EXISTS', 409, 'key %s exists'),
  TXN_CHECK_INDEX_ABSENT: define('TXN_CHECK_INDEX_ABSENT', 409, "failed to check index, key %s doesn't exist"),
  TXN_CHECK_INDEX: define('TXN_CHECK_INDEX', 409, 'failed index check for key %s, current modify index %s != %s'),
  TXN_CHECK_SESSION_ABSENT: define('TXN_CHECK_SESSION_ABSENT', 409, "failed to check session, key %s doesn't exist"),
  TXN_CHECK_SESSION: define('TXN_CHECK_SESSION', 409, 'failed session check for key %s, current session %s != %s'),
  TXN_SET_STALE: define('TXN_SET_STALE', 409, 'failed to set key %s, index is stale'),
  TXN_DELETE_STALE: define('TXN_DELETE_STALE', 409, 'failed to delete key %s, index is stale'),
  TXN_LOCK_HELD: define('TXN_LOCK_HELD', 409, 'failed to lock key %s, lock is already held'),
  TXN_UNLOCK: define('TXN_UNLOCK', 409, "failed to unlock key %s, lock isn't held, or is held by another session"),
  TXN_NODE_ID: define('TXN_NODE_ID', 409, 'node lookup by ID failed: index error: %s'),
  TXN_NODE_ABSENT: define('TXN_NODE_ABSENT', 409, "node %s doesn't exist"),
  TXN_NODE_STALE: define('TXN_NODE_STALE', 409, 'failed to set node %s, index is stale'),
  TXN_NODE_DELETE_STALE: define('TXN_NODE_DELETE_STALE', 409, 'failed to delete node %s, index is stale'),
  TXN_SERVICE_ABSENT: define('TXN_SERVICE_ABSENT', 409, "service %s on node %s doesn't exist"),
  TXN_SERVICE_STALE: define('TXN_SERVICE_STALE', 409, 'failed to set service %s on node %s, index is stale'),
  TXN_SERVICE_DELETE_STALE: define('TXN_SERVICE_DELETE_STALE', 409, 'failed to delete service %s on node %s, index is stale'),
  TXN_SERVICE_META: define('TXN_SERVICE_META', 409, 'Invalid Service Meta for node %s and serviceID %s: %s'),
  TXN_CHECK_ABSENT: define('TXN_CHECK_ABSENT', 409, "check %s on node %s doesn't exist"),
  TXN_CHECK_STALE: define('TXN_CHECK_STALE', 409, 'failed to set check %s on node %s, index is stale'),
  TXN_CHECK_DELETE_STALE: define('TXN_CHECK_DELETE_STALE', 409, 'failed to delete check %s on node %s, index is stale'),
  TXN_CHECK_SERVICE: define('TXN_CHECK_SERVICE', 409, 'Missing service registration'),
  TXN_CHECK_LOOKUP: define('TXN_CHECK_LOOKUP', 409, '%s: index error: object is missing a value for this index'),

  // === prepared queries ===
  QUERY_INVALID: define('QUERY_INVALID', 500, 'Invalid prepared query: %s'),
  QUERY_REFUSED: define('QUERY_REFUSED', 500, 'raft apply failed: %s'),
  QUERY_ID_GIVEN: define('QUERY_ID_GIVEN', 500, 'ID must be empty when creating a new prepared query'),
  QUERY_ABSENT: define('QUERY_ABSENT', 500, "Cannot modify non-existent prepared query: '%s'"),
  QUERY_ID: define('QUERY_ID', 500, 'failed prepared query lookup: index error: %s'),
  QUERY_ID_OF_WRITE: define('QUERY_ID_OF_WRITE', 500, 'Prepared Query lookup failed: failed prepared query lookup: index error: %s'),
  QUERY_UNKNOWN: define('QUERY_UNKNOWN', 404, 'Query not found'),
  QUERY_UNKNOWN_CACHED: define('QUERY_UNKNOWN_CACHED', 500, 'Query not found'),
  QUERY_TEMPLATE_BY_ID: define('QUERY_TEMPLATE_BY_ID', 500, 'prepared query templates can only be resolved up by name, not by ID'),
  QUERY_TEMPLATE_UNFIT: define('QUERY_TEMPLATE_UNFIT', 500, '%s'),
  QUERY_LIMIT: define('QUERY_LIMIT', 500, 'Bad limit: %s'),
  QUERY_CONNECT: define('QUERY_CONNECT', 500, "Error parsing 'connect' value: %s"),

  // === user events ===
  EVENT_WITHOUT_NAME: define('EVENT_WITHOUT_NAME', 400, 'Missing name'),
  EVENT_WITHOUT_SIZE: define('EVENT_WITHOUT_SIZE', 400, 'Event payload size must be greater than zero'),
  EVENT_TOO_LARGE: define('EVENT_TOO_LARGE', 413, 'Event payload too large, received %s bytes, max size: %s bytes. User events should be kept small for efficient gossip propagation.'),
  EVENT_TAG_ALONE: define('EVENT_TAG_ALONE', 500, 'Cannot provide tag filter without service filter'),
  EVENT_FILTER: define('EVENT_FILTER', 500, 'Invalid %s filter: %s'),

  // === coordinates ===
  COORDINATES_DISABLED: define('COORDINATES_DISABLED', 401, 'Coordinate support disabled'),
  COORDINATE_MISSING: define('COORDINATE_MISSING', 400, 'Missing Coord'),
  COORDINATE_INCOMPATIBLE: define('COORDINATE_INCOMPATIBLE', 500, 'incompatible coordinate'),
  COORDINATES_TOO_MANY: define('COORDINATES_TOO_MANY', 429, 'Too many coordinate updates are waiting, try again later'),

  // === operator ===
  PEER_UNNAMED: define('PEER_UNNAMED', 400, "Must specify either ?id with the server's ID or ?address with IP:port of peer to remove"),
  PEER_NAMED_TWICE: define('PEER_NAMED_TWICE', 400, 'Must specify only one of ?id or ?address'),
  PEER_UNKNOWN: define('PEER_UNKNOWN', 500, '%s %s was not found in the Raft configuration'),
  PEER_IS_LAST: define('PEER_IS_LAST', 500, 'need at least one voter in configuration: {[]}'),
  LEADER_ALONE: define('LEADER_ALONE', 500, 'cannot find peer'),
  LEADER_TO_ITSELF: define('LEADER_TO_ITSELF', 500, 'cannot transfer leadership to itself'),
  LEADER_UNKNOWN: define('LEADER_UNKNOWN', 500, 'Could not find address for server id %s'),
  AUTOPILOT_CAS: define('AUTOPILOT_CAS', 400, 'Error parsing cas value: %s'),
  KEYRING_RELAY_FACTOR: define('KEYRING_RELAY_FACTOR', 400, 'Error parsing relay factor: %s'),
  KEYRING_RELAY_RANGE: define('KEYRING_RELAY_RANGE', 400, 'Invalid relay-factor: Relay factor must be in range: [0, 5]'),
  KEYRING_LOCAL_ONLY: define('KEYRING_LOCAL_ONLY', 400, 'Error parsing local-only: %s'),
  KEYRING_LOCAL_WRITE: define('KEYRING_LOCAL_WRITE', 400, 'Invalid use of local-only: local-only can only be set for list requests'),
  KEYRING_REFUSED: define('KEYRING_REFUSED', 500, '%s'),
  UTILIZATION: define('UTILIZATION', 404, 'operator utilization requires Consul Enterprise'),

  // === snapshots ===
  SNAPSHOT_NO_GZIP: define('SNAPSHOT_NO_GZIP', 500, 'failed to decompress snapshot: %s'),
  SNAPSHOT_UNREADABLE: define('SNAPSHOT_UNREADABLE', 500, 'failed to read snapshot file: %s'),
  SNAPSHOT_TRAILING: define('SNAPSHOT_TRAILING', 500, '%s'),
  SNAPSHOT_STALE: define('SNAPSHOT_STALE', 500, 'stale not allowed for restore'),
  SNAPSHOT_FOREIGN: define('SNAPSHOT_FOREIGN', 500, 'failed to read snapshot file: %s'),
  SNAPSHOT_TOO_LARGE: define('SNAPSHOT_TOO_LARGE', 413, 'The snapshot needs more memory than this server has: %s bytes of rows, at most %s'),
  SNAPSHOT_RUNNING: define('SNAPSHOT_RUNNING', 429, 'Another snapshot is being %s, try again later'),
} satisfies Record<string, Factory>

// Laws of the kinds of config entries, one by one: what each refuses and in which words (those of a compatible server), and what it lets pass.
import t from 'tap'
import { judge, refusal } from './support.js'

const many = (count: number): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']))

/** Name, what the entry says besides, and what is said of it. */
type Refused = readonly [name: string | undefined, more: object, words: string]

const REFUSED: Readonly<Record<string, readonly Refused[]>> = {
  'service-defaults': [
    ['', {}, 'Name is required'],
    ['web', { Protocol: 'smtp' }, '1 error occurred:\n\t* invalid value for protocol: smtp\n\n'],
    ['web', { BalanceInboundConnections: 'x' }, '1 error occurred:\n\t* invalid value for balance_inbound_connections: x\n\n'],
    ['web', { MutualTLSMode: 'x' }, 'Invalid MutualTLSMode "x". Must be one of "", "strict", or "permissive".'],
    ['web', { UpstreamConfig: { Defaults: { Name: 'x' } } }, '1 error occurred:\n\t* error in upstream defaults: Name must be empty\n\n'],
    ['web', { UpstreamConfig: { Overrides: [{ Protocol: 'tcp' }] } }, '1 error occurred:\n\t* error in upstream override for :: Name is required\n\n'],
    ['web', { UpstreamConfig: { Defaults: { Limits: { MaxConnections: -1 } } } }, '1 error occurred:\n\t* error in upstream defaults: 1 error occurred:\n\t* max connections cannot be negative\n\n\n\n'],
    ['web', { UpstreamConfig: { Overrides: [{ Name: '*' }] } }, '1 error occurred:\n\t* error in upstream override for *:: Wildcard name is not supported\n\n'],
    ['web', { UpstreamConfig: { Defaults: { PassiveHealthCheck: { Interval: '-1s' } } } }, '1 error occurred:\n\t* error in upstream defaults: 1 error occurred:\n\t* passive health check interval cannot be negative\n\n\n\n'],
    ['web', { Destination: { Port: 80 } }, '1 error occurred:\n\t* Destination must contain at least one valid address\n\n'],
    ['web', { Destination: { Addresses: ['a.example'] } }, '1 error occurred:\n\t* Invalid Port number 0\n\n'],
    ['web', { Destination: { Addresses: ['*.example'], Port: 80 } }, "1 error occurred:\n\t* Destination address '*.example' is invalid Could not validate address *.example as an IP or Hostname\n\n"],
    ['web', { Destination: { Addresses: ['10.0.0.1', '10.0.0.1'], Port: 80 } }, "1 error occurred:\n\t* Duplicate address '10.0.0.1' is not allowed\n\n"],
    ['*', { Destination: { Addresses: ['a.example'], Port: 80 } }, 'service-defaults name must be the name of a service, and not a wildcard'],
    ['web', { EnvoyExtensions: [{ Name: 'none' }] }, '1 error occurred:\n\t* invalid EnvoyExtensions[0][none]: name "none" is not a built-in extension\n\n'],
    ['web', { RateLimits: { InstanceLevel: { RequestsPerSecond: 1 } } }, '1 error occurred:\n\t* invalid rate_limits config. Rate limiting is a consul enterprise feature\n\n'],
    ['web', { Meta: many(65) }, '1 error occurred:\n\t* Meta exceeds maximum element count 64\n\n'],
  ],
  'proxy-defaults': [
    ['web', {}, 'invalid name ("web"), only "global" is supported'],
    ['global', { MutualTLSMode: 'x' }, 'Invalid MutualTLSMode "x". Must be one of "", "strict", or "permissive".'],
    ['global', { AccessLogs: { Enabled: true, Type: 'x' } }, 'invalid access log type: x'],
    ['global', { AccessLogs: { Enabled: true, Type: 'file' } }, 'path must be specified when using file type access logs'],
    ['global', { AccessLogs: { Enabled: true, JSONFormat: '{', TextFormat: '' } }, 'invalid access log json for JSON format: unexpected end of JSON input'],
    ['global', { AccessLogs: { JSONFormat: '{}', TextFormat: 'x' } }, 'cannot specify both access log JSONFormat and TextFormat'],
    ['global', { FailoverPolicy: { Mode: 'x' } }, "Failover-policy mode must be one of '', 'sequential', or 'order-by-locality'"],
  ],
  'service-resolver': [
    ['', {}, 'Name is required'],
    ['web', { Redirect: {} }, 'Redirect is empty'],
    ['web', { Redirect: { ServiceSubset: 'v1' } }, 'Redirect.ServiceSubset defined without Redirect.Service'],
    ['web', { DefaultSubset: 'v9' }, 'DefaultSubset "v9" is not a valid subset'],
    ['web', { Subsets: { 'a b': {} } }, 'Subset "a b" is invalid: must be 63 characters or fewer, begin or end with lower case alphanumeric characters, and contain lower case alphanumeric characters or \'-\' in between'],
    ['web', { Subsets: { '': {} } }, 'Subset defined with empty name'],
    ['web', { Subsets: { v1: { Filter: 'x (' } } }, 'Filter for subset "v1" is not a valid expression: 1:3 (2): no match found, expected: "!=", "==", "contains", "in", "is", "matches", "not" or [ \\t\\r\\n]'],
    ['web', { Redirect: { Service: 'a' }, Failover: { '*': { Service: 'b' } } }, 'Redirect and Failover cannot both be set'],
    ['web', { Redirect: { Peer: 'p' } }, 'Redirect.Peer defined without Redirect.Service'],
    ['web', { Redirect: { Peer: 'p', Service: 'a', Datacenter: 'dc2' } }, 'Redirect.Peer cannot be set with Redirect.Datacenter'],
    ['web', { Redirect: { Peer: 'p', Service: 'a', ServiceSubset: 'v' } }, 'Redirect.Peer cannot be set with Redirect.ServiceSubset'],
    ['web', { Redirect: { SamenessGroup: 'x' } }, 'Redirect: Setting SamenessGroup requires Consul Enterprise'],
    ['web', { Failover: { '*': {} } }, 'Bad Failover["*"]: one of Service, ServiceSubset, Namespace, Targets, SamenessGroup, or Datacenters is required'],
    ['web', { Failover: { v1: { Service: 'b' } } }, 'Bad Failover["v1"]: not a valid subset subset'],
    ['web', { Failover: { '*': { Datacenters: [''] } } }, 'Bad Failover["*"].Datacenters: found empty datacenter'],
    ['web', { Failover: { '*': { Service: 'b', Targets: [{ Service: 'c' }] } } }, 'Bad Failover["*"]: Targets cannot be set with Service'],
    ['web', { Failover: { '*': { ServiceSubset: 'b', Targets: [{ Service: 'c' }] } } }, 'Bad Failover["*"]: ServiceSubset "b" is not a valid subset of ""'],
    ['web', { Failover: { '*': { Datacenters: ['b'], Targets: [{ Service: 'c' }] } } }, 'Bad Failover["*"]: Targets cannot be set with Datacenters'],
    ['web', { Failover: { '*': { Targets: [{ Peer: 'p', Datacenter: 'd' }] } } }, 'Bad Failover["*"].Targets[0]: Peer cannot be set with Datacenter'],
    ['web', { Failover: { '*': { Targets: [{ Peer: 'p', ServiceSubset: 'd' }] } } }, 'Bad Failover["*"].Targets[0]: Peer cannot be set with ServiceSubset'],
    ['web', { Failover: { '*': { Targets: [{ ServiceSubset: 'd' }] } } }, 'Bad Failover["*"].Targets[0]: ServiceSubset "d" is not a valid subset of "web"'],
    ['web', { Failover: { '*': { Service: 'b', Policy: { Mode: 'x' } } } }, 'Bad Failover["*"]: Setting failover policies requires Consul Enterprise'],
    ['web', { ConnectTimeout: '-1s' }, "Bad ConnectTimeout '-1s', must be >= 0"],
    ['web', { RequestTimeout: '-1s' }, "Bad RequestTimeout '-1s', must be >= 0"],
    ['web', { LoadBalancer: { Policy: 'x' } }, 'Bad LoadBalancer policy: "x" is not supported'],
    ['web', { LoadBalancer: { Policy: 'random', RingHashConfig: {} } }, 'Bad LoadBalancer configuration. RingHashConfig specified for incompatible load balancing policy "random"'],
    ['web', { LoadBalancer: { Policy: 'random', LeastRequestConfig: {} } }, 'Bad LoadBalancer configuration. LeastRequestConfig specified for incompatible load balancing policy "random"'],
    ['web', { LoadBalancer: { Policy: 'random', HashPolicies: [{ SourceIP: true }] } }, 'Bad LoadBalancer configuration: HashPolicies specified for non-hash-based Policy: "random"'],
    ['web', { LoadBalancer: { Policy: 'maglev', HashPolicies: [{ Field: 'x', FieldValue: 'x' }] } }, 'Bad LoadBalancer HashPolicy[0]: "x" is not a supported field'],
    ['web', { LoadBalancer: { Policy: 'maglev', HashPolicies: [{ Field: 'header' }] } }, 'Bad LoadBalancer HashPolicy[0]: Field "header" was specified without a FieldValue'],
    ['web', { LoadBalancer: { Policy: 'maglev', HashPolicies: [{ FieldValue: 'a' }] } }, 'Bad LoadBalancer HashPolicy[0]: FieldValue requires a Field to apply to'],
    ['web', { LoadBalancer: { Policy: 'maglev', HashPolicies: [{ SourceIP: true, Field: 'header', FieldValue: 'x' }] } }, 'Bad LoadBalancer HashPolicy[0]: A single hash policy cannot hash both a source address and a "header"'],
    ['web', { LoadBalancer: { Policy: 'maglev', HashPolicies: [{ Field: 'header', FieldValue: 'x', CookieConfig: { Path: '/' } }] } }, 'Bad LoadBalancer HashPolicy[0]: cookie_config provided for "header"'],
    ['web', { LoadBalancer: { Policy: 'maglev', HashPolicies: [{ Field: 'cookie', FieldValue: 'x', CookieConfig: { Session: true, TTL: '1s' } }] } }, 'Bad LoadBalancer HashPolicy[0]: a session cookie cannot have an associated TTL'],
    ['web', { PrioritizeByLocality: { Mode: 'x' } }, 'Prioritize-by-locality requires Consul Enterprise '],
  ],
  'service-splitter': [
    ['', { Splits: [{ Weight: 100 }] }, 'Name is required'],
    ['web', { Splits: [] }, 'no splits configured'],
    ['web', { Splits: [{ Weight: 50 }] }, 'the sum of all split weights must be 100, not 50.000000'],
    ['web', { Splits: [{ Weight: 50 }, { Weight: 50.001 }] }, 'split destination occurs more than once: service="web", subset="", namespace="", partition=""'],
    ['web', { Splits: [{ Weight: -1 }, { Weight: 101 }] }, 'split destination occurs more than once: service="web", subset="", namespace="", partition=""'],
    ['web', { Splits: [{ Weight: 50 }, { Weight: 50 }] }, 'split destination occurs more than once: service="web", subset="", namespace="", partition=""'],
    ['web', { Splits: [{ Weight: 50, Service: 'a', ServiceSubset: 'v' }, { Weight: 50, Service: 'a', ServiceSubset: 'v' }] }, 'split destination occurs more than once: service="a", subset="v", namespace="", partition=""'],
  ],
  'service-router': [
    ['', {}, 'Name is required'],
    ['web', { Routes: [{ Match: { HTTP: { PathExact: '/a', PathPrefix: '/a' } } }] }, 'Route[0] should only contain at most one of PathExact, PathPrefix, or PathRegex'],
    ['web', { Routes: [{ Match: { HTTP: { PathExact: 'a' } } }] }, 'Route[0] PathExact doesn\'t start with \'/\': "a"'],
    ['web', { Routes: [{ Match: { HTTP: { PathPrefix: 'a' } } }] }, 'Route[0] PathPrefix doesn\'t start with \'/\': "a"'],
    ['web', { Routes: [{ Match: { HTTP: { Header: [{ Exact: 'x' }] } } }] }, 'Route[0] Header[0] missing required Name field'],
    ['web', { Routes: [{ Match: { HTTP: { Header: [{ Name: 'h' }] } } }] }, 'Route[0] Header[0] should only contain one of Present, Exact, Prefix, Suffix, or Regex'],
    ['web', { Routes: [{ Match: { HTTP: { Header: [{ Name: 'h', Exact: 'a', Prefix: 'b' }] } } }] }, 'Route[0] Header[0] should only contain one of Present, Exact, Prefix, Suffix, or Regex'],
    ['web', { Routes: [{ Match: { HTTP: { QueryParam: [{ Exact: 'q' }] } } }] }, 'Route[0] QueryParam[0] missing required Name field'],
    ['web', { Routes: [{ Match: { HTTP: { QueryParam: [{ Name: 'q' }] } } }] }, 'Route[0] QueryParam[0] should only contain one of Present, Exact, or Regex'],
    ['web', { Routes: [{ Match: { HTTP: { Methods: ['GET', 'get'] } } }] }, 'Route[0] Methods contains "GET" more than once'],
    ['web', { Routes: [{ Destination: { PrefixRewrite: '/x' } }] }, 'Route[0] cannot make use of PrefixRewrite without configuring either PathExact or PathPrefix'],
    ['web', { Routes: [{ Match: { HTTP: { PathRegex: '/x' } }, Destination: { PrefixRewrite: '/x' } }] }, 'Route[0] cannot make use of PrefixRewrite without configuring either PathExact or PathPrefix'],
    ['web', { Routes: [{ Destination: { RetryOn: ['x'] } }] }, 'Route[0] contains an invalid retry condition: "x"'],
  ],
  'service-intentions': [
    ['web', { Sources: [] }, 'At least one source is required'],
    ['', { Sources: [{ Name: 'a', Action: 'allow' }] }, 'Name is required'],
    ['web', { Sources: [{ Name: 'a', Action: 'maybe' }] }, "Sources[0].Action must be set to 'allow' or 'deny'"],
    ['web', { Sources: [{ Name: 'a' }] }, "Sources[0].Action must be set to 'allow' or 'deny'"],
    ['web', { Sources: [{ Action: 'allow' }] }, 'Sources[0].Name is required'],
    ['web', { Sources: [{ Name: 'a', Action: 'allow' }, { Name: 'a', Action: 'deny' }] }, 'Sources[1] defines "a" more than once'],
    ['web', { Sources: [{ Name: 'a', Action: 'allow', Permissions: [{ Action: 'allow', HTTP: { PathExact: '/' } }] }] }, 'Sources[0].Action must be omitted if Permissions are specified'],
    ['web', { Sources: [{ Name: 'a', Permissions: [{ Action: 'allow', HTTP: {} }] }] }, 'Sources[0].Permissions[0].HTTP should not be empty'],
    ['web', { Sources: [{ Name: 'a', Permissions: [{ Action: 'x', HTTP: { PathExact: '/' } }] }] }, "Sources[0].Permissions[0].Action must be set to 'allow' or 'deny'"],
    ['web', { Sources: [{ Name: 'a', Permissions: [{ Action: 'allow' }] }] }, 'Sources[0].Permissions[0].HTTP is required'],
    ['web', { Sources: [{ Name: 'a', Permissions: [{ Action: 'allow', HTTP: { PathExact: 'x' } }] }] }, 'Sources[0].Permissions[0].HTTP.PathExact doesn\'t start with \'/\': "x"'],
    ['web', { Sources: [{ Name: 'a', Permissions: [{ Action: 'allow', HTTP: { PathPrefix: '/a', PathRegex: '/b' } }] }] }, 'Sources[0].Permissions[0].HTTP should only contain at most one of PathExact, PathPrefix, or PathRegex'],
    ['web', { Sources: [{ Name: 'a', Permissions: [{ Action: 'allow', HTTP: { Header: [{ Name: 'x' }] } }] }] }, 'Sources[0].Permissions[0].HTTP.Header[0] should only contain one of Present, Exact, Prefix, Suffix, Contains, or Regex'],
    ['web', { Sources: [{ Name: 'a', Permissions: [{ Action: 'allow', HTTP: { Methods: ['GET', 'GET'] } }] }] }, 'Sources[0].Permissions[0].HTTP.Methods contains "GET" more than once'],
    ['web', { Sources: [{ Name: 'a', Type: 'vm', Action: 'allow' }] }, "Sources[0].Type must be set to 'consul'"],
    ['web', { Sources: [{ Name: 'a', Description: 'x'.repeat(513), Action: 'allow' }] }, 'Sources[0].Description exceeds maximum length 512'],
    ['web', { Sources: [{ Name: 'a*', Action: 'allow' }] }, "Sources[0].Name: wildcard character '*' cannot be used with partial values"],
    ['w*b', { Sources: [{ Name: 'a', Action: 'allow' }] }, "Name: wildcard character '*' cannot be used with partial values"],
    ['web', { Sources: [{ Name: 'a', LegacyMeta: { a: 'b' }, Action: 'allow' }] }, 'Sources[0].LegacyMeta must be omitted'],
    ['*', { Sources: [{ Name: 'a', Permissions: [{ Action: 'allow', HTTP: { PathExact: '/' } }] }] }, 'Sources[0].Permissions cannot be specified on intentions with wildcarded destinations'],
    ['web', { JWT: { Providers: [{ Name: '' }] }, Sources: [{ Name: 'a', Action: 'allow' }] }, '1 error occurred:\n\t* JWT provider name is required\n\n'],
    ['web', { Sources: [{ Name: 'a', Peer: '*', Action: 'allow' }] }, "Sources[0].Peer: cannot use wildcard '*' in peer"],
    ['web', { Sources: [{ Name: 'a', SamenessGroup: 'x', Action: 'allow' }] }, 'Sources[0].SamenessGroup: Sameness groups are a Consul Enterprise feature. '],
  ],
  mesh: [
    [undefined, { TLS: { Incoming: { TLSMinVersion: 'x' } } }, 'error in incoming TLS configuration: no matching TLS version found for x, please specify one of [TLS_AUTO, TLSv1_0, TLSv1_1, TLSv1_2, TLSv1_3]'],
    [undefined, { TLS: { Incoming: { TLSMinVersion: 'TLSv1_3', TLSMaxVersion: 'TLSv1_1' } } }, 'error in incoming TLS configuration: configuring max version TLSv1_1 less than the configured min version TLSv1_3 is invalid'],
    [undefined, { TLS: { Outgoing: { CipherSuites: ['x'] } } }, 'error in outgoing TLS configuration: no matching Envoy TLS cipher suite found for x'],
    [undefined, { TLS: { Outgoing: { TLSMinVersion: 'TLSv1_3', CipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] } } }, 'error in outgoing TLS configuration: configuring CipherSuites is only applicable to connections negotiated with TLS 1.2 or earlier, TLSMinVersion is set to TLSv1_3'],
    ['x', {}, 'Request decoding failed: 1 error occurred:\n\t* invalid config key "Name"\n\n'],
    [undefined, { HTTP: { Incoming: { RequestNormalization: { HeadersWithUnderscoresAction: 'x' } } } }, 'error in HTTP incoming request normalization configuration: no matching HeadersWithUnderscoresAction value found for x, please specify one of [ALLOW, REJECT_REQUEST, DROP_HEADER]'],
    [undefined, { HTTP: { Incoming: { RequestNormalization: { PathWithEscapedSlashesAction: 'x' } } } }, 'error in HTTP incoming request normalization configuration: no matching PathWithEscapedSlashesAction value found for x, please specify one of [IMPLEMENTATION_SPECIFIC_DEFAULT, KEEP_UNCHANGED, REJECT_REQUEST, UNESCAPE_AND_REDIRECT, UNESCAPE_AND_FORWARD]'],
  ],
  'exported-services': [
    ['x', { Services: [] }, 'exported-services Name must be "default"'],
    ['default', { Services: [{ Consumers: [{ Peer: 'p' }] }] }, 'Services[0]: service name cannot be empty'],
    ['default', { Services: [{ Name: 'a', Consumers: [] }] }, 'Services[0]: must have at least one consumer'],
    ['default', { Services: [{ Name: 'a', Consumers: [{ Peer: '*' }] }] }, 'Services[0].Consumers[0]: exporting to all peers (wildcard) is not supported'],
    ['default', { Services: [{ Name: 'a', Consumers: [{ Partition: 'x', Peer: 'p' }] }] }, 'Services[0].Consumers[0]: must define at most one of Peer, Partition, or SamenessGroup'],
    ['default', { Services: [{ Name: 'a', Consumers: [{ SamenessGroup: 'p' }] }] }, 'Services[0].Consumers[0]: sameness-groups are an enterprise-only feature'],
  ],
  'ingress-gateway': [
    ['web', { Listeners: [{ Port: 80, Protocol: 'http', Services: [] }] }, 'No service declared for listener with port 80'],
    ['web', { Listeners: [{ Port: 80, Protocol: 'tcp', Services: [{ Name: 'a' }, { Name: 'b' }] }] }, "Multiple services per listener are only supported for L7 protocols, 'http', 'grpc' and 'http2' (listener on port 80)"],
    ['web', { Listeners: [{ Port: 80, Protocol: 'tcp', Services: [{ Name: '*' }] }] }, "Wildcard service name is only valid for protocol = 'http' (listener on port 80)"],
    ['web', { Listeners: [{ Port: 80, Protocol: 'tcp', Services: [{ Name: 'a', Hosts: ['x.example'] }] }] }, 'Associating hosts to a service is not supported for the tcp protocol (listener on port 80)'],
    ['web', { Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: '*', Hosts: ['x.example'] }] }] }, 'Associating hosts to a wildcard service is not supported (listener on port 80)'],
    ['web', { Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: '' }] }] }, 'Service name cannot be blank (listener on port 80)'],
    ['web', { Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a' }, { Name: 'a' }] }] }, 'Service a cannot be added multiple times (listener on port 80)'],
    ['web', { Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a', Hosts: ['x'] }, { Name: 'b', Hosts: ['x'] }] }] }, 'Hosts must be unique within a specific listener (listener on port 80)'],
    ['web', { Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a', Hosts: ['x.*.y'] }] }] }, 'Host "x.*.y" is not valid, a wildcard specifier is only allowed as the leftmost label'],
    ['web', { TLS: { Enabled: true }, Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a', Hosts: ['*'] }] }] }, "Host '*' is not allowed when TLS is enabled, all hosts must be valid DNS records to add as a DNSSAN"],
    ['web', { Listeners: [{ Port: 80, Protocol: 'x', Services: [{ Name: 'a' }] }] }, "protocol must be 'tcp', 'http', 'http2', or 'grpc'. 'x' is an unsupported protocol"],
    ['web', { Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a' }] }, { Port: 80, Protocol: 'http', Services: [{ Name: 'a' }] }] }, 'port 80 declared on two listeners'],
    ['web', { Listeners: [{ Port: 80, Protocol: 'tcp', Services: [{ Name: 'a', RequestHeaders: { Add: { a: 'b' } } }] }] }, 'request headers only valid for http, http2 and grpc protocols (service "a" on listener on port 80)'],
    ['web', { TLS: { SDS: { CertResource: 'x' } }, Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a' }] }] }, 'TLS.SDS.ClusterName is required if CertResource is set'],
    ['web', { TLS: { SDS: { ClusterName: 'x' } }, Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a' }] }] }, 'TLS.SDS.CertResource is required if ClusterName is set for gateway (listener on port 80)'],
    ['web', { Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a' }], TLS: { SDS: { ClusterName: 'x' } } }] }, 'TLS.SDS.CertResource is required if ClusterName is set for listener (listener on port 80)'],
    ['web', { Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a' }], TLS: { SDS: { CertResource: 'x' } } }] }, 'TLS.SDS.ClusterName is required if CertResource is set (listener on port 80)'],
    ['web', { Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a', TLS: { SDS: { CertResource: 'x' } } }] }] }, 'A service specifying TLS.SDS.CertResource must have at least one item in Hosts (service "a" on listener on port 80)'],
    ['web', { Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a', Hosts: ['x'], TLS: { SDS: { CertResource: 'x' } } }] }] }, 'TLS.SDS.ClusterName is required if CertResource is set (service "a" on listener on port 80)'],
    ['web', { TLS: { TLSMinVersion: 'x' }, Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a' }] }] }, 'no matching TLS version found for x, please specify one of [TLS_AUTO, TLSv1_0, TLSv1_1, TLSv1_2, TLSv1_3]'],
    ['web', { Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a' }], TLS: { TLSMinVersion: 'x' } }] }, 'no matching TLS version found for x, please specify one of [TLS_AUTO, TLSv1_0, TLSv1_1, TLSv1_2, TLSv1_3]'],
  ],
  'terminating-gateway': [
    ['web', { Services: [{ Name: '' }] }, 'Service name cannot be blank.'],
    ['web', { Services: [{ Name: 'a' }, { Name: 'a' }] }, 'Service "a" was specified more than once within a namespace'],
    ['web', { Services: [{ Name: 'a', CertFile: 'c' }] }, 'Service "a" must have a CertFile, CAFile, and KeyFile specified for TLS origination'],
    ['web', { Services: [{ Name: 'a', KeyFile: 'c' }] }, 'Service "a" must have a CertFile, CAFile, and KeyFile specified for TLS origination'],
    ['web', { Services: [{ Name: 'a', CertFile: 'c', KeyFile: 'k' }] }, 'Service "a" must have a CertFile, CAFile, and KeyFile specified for TLS origination'],
  ],
  'api-gateway': [
    ['web', {}, 'api gateway must have at least one listener'],
    ['web', { Listeners: [{ Name: 'l', Port: 0, Protocol: 'http' }] }, 'listener port 0 not in the range 1-65535'],
    ['web', { Listeners: [{ Name: 'l', Port: 80, Protocol: 'udp' }] }, 'unsupported listener protocol "udp", must be one of \'tcp\', or \'http\''],
    ['web', { Listeners: [{ Name: 'l', Port: 80, Protocol: 'tcp', Hostname: 'a.example' }] }, 'hostname specification is not supported when using TCP'],
    ['web', { Listeners: [{ Name: 'l', Port: 80, Protocol: 'http' }, { Name: 'l', Port: 81, Protocol: 'http' }] }, 'found multiple listeners with the name "l"'],
    ['web', { Listeners: [{ Name: 'a', Port: 80, Protocol: 'http' }, { Name: 'b', Port: 80, Protocol: 'tcp' }] }, 'listeners "a" and "b" cannot be merged'],
    ['web', { Listeners: [{ Name: 'A b', Port: 80, Protocol: 'http' }] }, 'listener name "A b" is invalid, must be at least 1 character and contain only letters, numbers, or dashes'],
    ['web', { Listeners: [{ Name: 'l', Port: 80, Protocol: 'http', Hostname: 'a.*.b' }] }, 'host "a.*.b" is not valid, a wildcard specifier is only allowed as the left-most label'],
    ['web', { Listeners: [{ Name: 'l', Port: 80, Protocol: 'http', TLS: { Certificates: [{ Kind: 'x', Name: 'y' }] } }] }, 'unsupported certificate kind: "x", must be \'file-system-certificate\' or \'inline-certificate\''],
    ['web', { Listeners: [{ Name: 'l', Port: 80, Protocol: 'http', TLS: { Certificates: [{ Name: '' }] } }] }, 'certificate reference must have a name'],
    ['web', { Listeners: [{ Name: 'l', Port: 80, Protocol: 'http', TLS: { MinVersion: 'x' } }] }, 'no matching TLS version found for x, please specify one of [TLS_AUTO, TLSv1_0, TLSv1_1, TLSv1_2, TLSv1_3]'],
  ],
  'http-route': [
    ['web', { Parents: [{ Kind: 'ingress-gateway', Name: 'x' }] }, 'unsupported parent kind: "ingress-gateway", must be \'api-gateway\''],
    ['web', { Rules: [{ Services: [{ Name: 'a' }] }], Hostnames: ['a.*'] }, 'host "a.*" must not be a wildcard'],
    ['web', { Rules: [{ Services: [{ Name: 'a' }], Matches: [{ Method: 'FETCH' }] }] }, 'Rule[0], Match[0], Method contains an invalid method "FETCH"'],
    ['web', { Rules: [{ Services: [{ Name: 'a' }], Matches: [{ Path: { Match: 'near', Value: '/' } }] }] }, 'Rule[0], Match[0], Path, match type should be one of exact, prefix, or regex'],
    ['web', { Rules: [{ Services: [{ Name: 'a' }], Matches: [{ Path: { Match: 'exact', Value: 'x' } }] }] }, 'Rule[0], Match[0], Path, exact type match doesn\'t start with \'/\': "x"'],
    ['web', { Rules: [{ Services: [{ Name: 'a' }], Matches: [{ Headers: [{ Match: 'x', Name: 'a' }] }] }] }, 'Rule[0], Match[0], Headers[0], match type should be one of present, exact, prefix, suffix, or regex'],
    ['web', { Rules: [{ Services: [{ Name: 'a' }], Matches: [{ Headers: [{ Match: 'exact', Name: '' }] }] }] }, 'Rule[0], Match[0], Headers[0], missing required Name field'],
    ['web', { Rules: [{ Services: [{ Name: 'a' }], Matches: [{ Query: [{ Match: 'x', Name: 'a' }] }] }] }, 'Rule[0], Match[0], Query[0], match type should be one of present, exact, or regex'],
    ['web', { Rules: [{ Services: [{ Name: 'a' }], Matches: [{ Query: [{ Match: 'exact', Name: '' }] }] }] }, 'Rule[0], Match[0], Query[0], missing required Name field'],
  ],
  'tcp-route': [
    ['web', { Services: [{ Name: 'a' }, { Name: 'b' }] }, 'tcp-route currently only supports one service'],
    ['web', { Parents: [{ Kind: 'http-route', Name: 'x' }] }, 'unsupported parent kind: "http-route", must be \'api-gateway\''],
  ],
  'inline-certificate': [
    ['web', {}, 'failed to parse private key PEM'],
    ['web', { Certificate: 'x', PrivateKey: 'y' }, 'failed to parse private key PEM'],
  ],
  'jwt-provider': [
    ['web', {}, 'JSONWebKeySet is required'],
    ['web', { JSONWebKeySet: {} }, 'must specify exactly one of Local or Remote JSON Web key set'],
    ['web', { JSONWebKeySet: { Local: {} } }, 'must specify exactly one of String or filename for local keyset'],
    ['web', { JSONWebKeySet: { Local: { JWKS: 'not base64' } } }, 'JWKS must be valid base64 encoded string'],
    ['web', { JSONWebKeySet: { Local: { JWKS: 'e30=', Filename: 'f' } } }, 'must specify exactly one of String or filename for local keyset'],
    ['web', { JSONWebKeySet: { Local: { JWKS: 'e30=' }, Remote: { URI: 'https://x.example' } } }, 'must specify exactly one of Local or Remote JSON Web key set'],
    ['web', { JSONWebKeySet: { Remote: {} } }, 'Remote JWKS URI is required'],
    ['web', { JSONWebKeySet: { Remote: { URI: '::' } } }, 'Remote JWKS URI is invalid: parse "::": missing protocol scheme, uri: ::'],
    ['web', { JSONWebKeySet: { Local: { JWKS: 'e30=' } }, Locations: [{}] }, '1 error occurred:\n\t* must set exactly one of: JWT location header, query param or cookie\n\n'],
    ['web', { JSONWebKeySet: { Local: { JWKS: 'e30=' } }, Locations: [{ Header: { Name: '' } }] }, '1 error occurred:\n\t* JWT location header name must be specified\n\n'],
    ['web', { JSONWebKeySet: { Local: { JWKS: 'e30=' } }, Locations: [{ Header: { Name: 'a' }, Cookie: { Name: 'b' } }] }, '1 error occurred:\n\t* must set exactly one of: JWT location header, query param or cookie\n\n'],
    ['web', { JSONWebKeySet: { Local: { JWKS: 'e30=' } }, Forwarding: { HeaderName: '' } }, 'Header name required for forwarding config'],
    ['', { JSONWebKeySet: { Local: { JWKS: 'e30=' } } }, 'Name is required'],
    ['web', { JSONWebKeySet: { Remote: { URI: 'https://x.example', JWKSCluster: { DiscoveryType: 'x' } } } }, 'unsupported jwks cluster discovery type: "x"'],
  ],
  'bound-api-gateway': [
    ['web', {}, 'Permission denied: only writeable by controller'],
    ['web', { Listeners: [{ Routes: [{ Kind: 'x', Name: 'y' }] }] }, 'unsupported route kind: "x", must be one of \'http-route\', or \'tcp-route\''],
    ['web', { Listeners: [{ Certificates: [{ Kind: 'x', Name: 'y' }] }] }, 'unsupported certificate kind: "x", must be \'inline-certificate\''],
  ],
  'sameness-group': [
    ['web', {}, 'sameness-groups are an enterprise-only feature'],
  ],
  'control-plane-request-limit': [
    ['web', {}, 'Request decoding failed: invalid config entry kind: control-plane-request-limit'],
  ],
}

for (const [Kind, rows] of Object.entries(REFUSED)) {
  t.test(`what ${Kind} refuses`, async t => {
    for (const [Name, more, words] of rows) t.equal(refusal({ Kind, ...(Name === undefined ? {} : { Name }), ...more }), words, JSON.stringify(more).slice(0, 120))
  })
}

/** Looks wrong, and is taken all the same, as a compatible server takes it. */
const TAKEN: readonly object[] = [
  { Kind: 'service-defaults', Name: 'web', Mode: 'odd' },
  { Kind: 'service-defaults', Name: 'web', MeshGateway: { Mode: 'x' } },
  { Kind: 'service-defaults', Name: 'web', MaxInboundConnections: -1 },
  { Kind: 'service-defaults', Name: 'web', LocalConnectTimeoutMs: -1 },
  { Kind: 'service-defaults', Name: 'web', LocalRequestTimeoutMs: -1 },
  { Kind: 'service-defaults', Name: 'web', UpstreamConfig: { Overrides: [{ Name: 'a' }, { Name: 'a' }] } },
  { Kind: 'service-defaults', Name: 'web', UpstreamConfig: { Defaults: { MeshGateway: { Mode: 'x' } } } },
  { Kind: 'service-defaults', Name: 'web', Destination: { Addresses: ['a b'], Port: 80 } },
  { Kind: 'service-defaults', Name: 'web', Expose: { Paths: [{ Path: 'x' }] } },
  { Kind: 'service-defaults', Name: 'web', Meta: { '': 'v' } },
  { Kind: 'proxy-defaults', Name: 'global', MeshGateway: { Mode: 'x' } },
  { Kind: 'proxy-defaults', Name: 'global', Mode: 'x' },
  { Kind: 'service-resolver', Name: 'web', Redirect: { Service: 'a' }, Subsets: { v1: {} } },
  { Kind: 'service-resolver', Name: 'web', Failover: { '*': { Service: 'b', ServiceSubset: 'v' } } },
  { Kind: 'service-splitter', Name: 'web', Splits: [{ Weight: 100, ServiceSubset: 'a b' }] },
  { Kind: 'service-router', Name: 'web', Routes: [{ Match: { HTTP: { CaseInsensitive: true } } }] },
  { Kind: 'service-router', Name: 'web', Routes: [{ Destination: { RequestHeaders: { Add: { '': 'x' } } } }] },
  { Kind: 'service-intentions', Name: 'web', Sources: [{ Name: 'a', LegacyID: 'x', Action: 'allow' }] },
  { Kind: 'exported-services', Name: 'default', Services: [{ Name: 'a', Consumers: [{}] }] },
  { Kind: 'exported-services', Name: 'default', Services: [{ Name: 'consul', Consumers: [{ Peer: 'p' }] }] },
  { Kind: 'ingress-gateway', Name: 'web', Listeners: [{ Port: 80, Protocol: 'http', Services: [{ Name: 'a', Hosts: ['a b'] }] }] },
  { Kind: 'terminating-gateway', Name: 'web', Services: [{ Name: 'a', SNI: 'x' }] },
  { Kind: 'http-route', Name: 'web', Parents: [{ Kind: 'api-gateway', Name: '' }] },
  { Kind: 'http-route', Name: 'web', Rules: [{ Services: [{ Name: 'a' }] }], Hostnames: ['a b'] },
  { Kind: 'http-route', Name: 'web', Rules: [{ Services: [{ Name: '' }] }] },
  { Kind: 'http-route', Name: 'web', Rules: [{ Services: [{ Name: 'a' }], Filters: { URLRewrite: { Path: 'x' } } }] },
  { Kind: 'http-route', Name: 'web', Rules: [{ Services: [{ Name: 'a' }], Filters: { RetryFilter: { RetryOn: ['x'] } } }] },
  { Kind: 'http-route', Name: 'web', Rules: [{ Services: [{ Name: 'a' }], Filters: { TimeoutFilter: { RequestTimeout: '-1s' } } }] },
  { Kind: 'tcp-route', Name: 'web', Services: [{ Name: '' }] },
  { Kind: 'tcp-route', Name: 'web' },
  { Kind: 'file-system-certificate', Name: 'web' },
  { Kind: 'file-system-certificate', Name: 'web', Certificate: 'x' },
  { Kind: 'jwt-provider', Name: 'web', JSONWebKeySet: { Local: { JWKS: 'e30=' } }, ClockSkewSeconds: -1 },
  { Kind: 'jwt-provider', Name: 'web', JSONWebKeySet: { Remote: { URI: 'https://x.example', CacheDuration: '-1s' } } },
  { Kind: 'jwt-provider', Name: 'web', JSONWebKeySet: { Remote: { URI: 'https://x.example', RetryPolicy: { NumRetries: -1 } } } },
  { Kind: 'jwt-provider', Name: 'web', CacheConfig: { Size: -1 }, JSONWebKeySet: { Local: { JWKS: 'e30=' } } },
]

t.test('what looks wrong and is taken as it is', async t => {
  for (const body of TAKEN) t.equal(refusal(body), undefined, JSON.stringify(body).slice(0, 120))
})

/** Every kind with much in it. */
const FULL: readonly object[] = [
  { Kind: 'service-defaults', Name: 'web', Protocol: 'HTTP', Mode: 'transparent', MutualTLSMode: 'strict', TransparentProxy: { OutboundListenerPort: 1, DialedDirectly: true }, MeshGateway: { Mode: 'local' }, Expose: { Checks: true, Paths: [{ Path: '/h', ListenerPort: 1, LocalPathPort: 2, Protocol: 'http2' }] }, ExternalSNI: 'x', UpstreamConfig: { Defaults: { ConnectTimeoutMs: 5, Limits: { MaxConnections: 1, MaxPendingRequests: 2, MaxConcurrentRequests: 3 }, PassiveHealthCheck: { Interval: '1s', MaxFailures: 2, EnforcingConsecutive5xx: 30 } }, Overrides: [{ Name: 'db', Protocol: 'tcp' }] }, Destination: null, MaxInboundConnections: 3, BalanceInboundConnections: 'exact_balance', Meta: { a: 'b' } },
  { Kind: 'service-defaults', Name: 'far', Destination: { Addresses: ['far.example', '10.0.0.1'], Port: 443 } },
  { Kind: 'proxy-defaults', Config: { protocol: 'http', deep: { a: [1, 2] } }, AccessLogs: { Enabled: true, Type: 'file', Path: '/log' }, FailoverPolicy: { Mode: 'order-by-locality' }, Meta: { a: 'b' } },
  { Kind: 'service-router', Name: 'web', Routes: [{ Match: { HTTP: { PathPrefix: '/a', Header: [{ Name: 'h', Exact: 'v', Invert: true }], QueryParam: [{ Name: 'q', Present: true }], Methods: ['get'] } }, Destination: { Service: 'api', ServiceSubset: 'v1', PrefixRewrite: '/b', RequestTimeout: '3s', NumRetries: 2, RetryOnStatusCodes: [503], RetryOn: ['reset'], RequestHeaders: { Add: { a: 'b' }, Set: { c: 'd' }, Remove: ['e'] } } }] },
  { Kind: 'service-splitter', Name: 'web', Splits: [{ Weight: 33.333, Service: 'a', RequestHeaders: { Set: { a: 'b' } } }, { Weight: 66.667, ServiceSubset: 'v1' }] },
  { Kind: 'service-resolver', Name: 'web', DefaultSubset: 'v1', Subsets: { v1: { Filter: 'Service.Meta.v == 1' }, v2: { OnlyPassing: true } }, Failover: { v1: { Targets: [{ Service: 'b' }, { Datacenter: 'dc2' }] } }, ConnectTimeout: '5s', RequestTimeout: 1e9, LoadBalancer: { Policy: 'ring_hash', RingHashConfig: { MinimumRingSize: 10, MaximumRingSize: 20 }, HashPolicies: [{ Field: 'cookie', FieldValue: 'c', CookieConfig: { TTL: '1h', Path: '/' }, Terminal: true }, { SourceIP: true }] } },
  { Kind: 'service-intentions', Name: 'web', Sources: [{ Name: 'a', Action: 'allow', Description: 'why' }, { Name: '*', Action: 'deny' }, { Name: 'b', Peer: 'p', Permissions: [{ Action: 'deny', HTTP: { PathRegex: '.*', Header: [{ Name: 'x', Present: true }], Methods: ['PUT'] } }] }], JWT: { Providers: [{ Name: 'okta', VerifyClaims: [{ Path: ['aud'], Value: 'x' }] }] }, Meta: { a: 'b' } },
  { Kind: 'mesh', TransparentProxy: { MeshDestinationsOnly: true }, AllowEnablingPermissiveMutualTLS: true, TLS: { Incoming: { TLSMinVersion: 'TLSv1_1', TLSMaxVersion: 'TLSv1_2', CipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] } }, HTTP: { SanitizeXForwardedClientCert: true }, Peering: { PeerThroughMeshGateways: true } },
  { Kind: 'exported-services', Name: 'default', Services: [{ Name: 'web', Consumers: [{ Peer: 'p' }] }, { Name: '*', Consumers: [{ Peer: 'q' }] }] },
  { Kind: 'ingress-gateway', Name: 'in', TLS: { Enabled: true, TLSMinVersion: 'TLSv1_2' }, Listeners: [{ Port: 8080, Protocol: 'HTTP', Services: [{ Name: 'web', Hosts: ['a.example', '*.b.example'], MaxConnections: 5, RequestHeaders: { Add: { a: 'b' } } }, { Name: 'api', Hosts: ['c.example'] }] }, { Port: 9090, Services: [{ Name: 'db' }] }], Defaults: { MaxConnections: 1 } },
  { Kind: 'terminating-gateway', Name: 'out', Services: [{ Name: 'db', CAFile: 'ca', CertFile: 'c', KeyFile: 'k', SNI: 'db.example' }, { Name: '*' }] },
  { Kind: 'api-gateway', Name: 'gw', Listeners: [{ Name: 'one', Port: 80, Protocol: 'HTTP', Hostname: '*.example', TLS: { Certificates: [{ Name: 'cert' }] } }] },
  { Kind: 'http-route', Name: 'r', Hostnames: ['A.Example'], Parents: [{ Name: 'gw', SectionName: 'one' }], Rules: [{ Matches: [{ Method: 'get', Path: { Match: 'exact', Value: '/' }, Headers: [{ Match: 'exact', Name: 'h', Value: 'v' }] }], Filters: { Headers: [{ Add: { a: 'b' } }], URLRewrite: { Path: '/x' } }, Services: [{ Name: 'web', Weight: 2 }] }] },
  { Kind: 'tcp-route', Name: 'r', Parents: [{ Name: 'gw' }], Services: [{ Name: 'db' }] },
  { Kind: 'file-system-certificate', Name: 'c', Certificate: '/c.pem', PrivateKey: '/k.pem' },
  { Kind: 'jwt-provider', Name: 'okta', Issuer: 'i', Audiences: ['a'], JSONWebKeySet: { Remote: { URI: 'https://x.example/keys', CacheDuration: '1m', FetchAsynchronously: true, RequestTimeoutMs: 5, RetryPolicy: { NumRetries: 2 } } }, Locations: [{ Header: { Name: 'Authorization', ValuePrefix: 'Bearer ' } }, { QueryParam: { Name: 't' } }], Forwarding: { HeaderName: 'x' }, ClockSkewSeconds: 5 },
]

t.test('what answers show can be written back: the same entry, the same hash', async t => {
  const kinds = new Set<string>()
  for (const body of FULL) {
    const once = judge(body)
    const again = judge({ Kind: once.kind.kind, ...once.shown, CreateIndex: 1, ModifyIndex: 2, Hash: once.hash })
    t.strictSame(again.entry, once.entry, once.kind.kind)
    t.equal(again.hash, once.hash)
    kinds.add(once.kind.kind)
  }
  t.equal(kinds.size, 15)
})

t.test('the hash is of the content: another content, another hash', async t => {
  const hash = (more: object): number => judge({ Kind: 'service-defaults', Name: 'web', ...more }).hash
  const hashes = [{}, { Protocol: 'http' }, { Protocol: 'grpc' }, { ExternalSNI: 'http' }, { Meta: { a: 'b' } }, { Meta: { b: 'a' } }].map(hash)
  t.equal(new Set(hashes).size, hashes.length)
  t.equal(hash({ Meta: { a: '1', b: '2' } }), hash({ Meta: { b: '2', a: '1' } }), 'law: the order of keys is nothing')
  t.ok(hashes.every(Number.isSafeInteger))
})

t.test('the unset is filled in, and spellings are made one', async t => {
  t.match(judge({ Kind: 'service-defaults', Name: 'web', Protocol: 'HTTP2' }).shown, { Protocol: 'http2' })
  t.match(judge({ Kind: 'proxy-defaults' }).shown, { Name: 'global' })
  t.match(judge({ Kind: 'ingress-gateway', Name: 'in', Listeners: [{ Port: 1, Services: [{ Name: 'a' }] }] }).shown, { Listeners: [{ Protocol: 'tcp' }] })
  t.match(judge({ Kind: 'service-intentions', Name: 'web', Sources: [{ Name: '*', Action: 'deny' }, { Name: 'a', Action: 'allow' }] }).shown, { Sources: [{ Name: 'a', Precedence: 9, Type: 'consul' }, { Name: '*', Precedence: 8 }] }, 'law: sources stand in the order in which they count')
  t.match(judge({ Kind: 'service-router', Name: 'web', Routes: [{ Match: { HTTP: { Methods: ['get'] } } }] }).shown, { Routes: [{ Match: { HTTP: { Methods: ['GET'] } } }] })
})

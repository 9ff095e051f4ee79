// Every verb of the command line, in one list: its name, a line about it, and where its file is. A new verb is a file and a line here; only the file of the
// verb that was asked for is loaded.

import type { Verb } from './verb.js'

export interface Leaf {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Verb>
}

/** Verbs under one word, such as `kv`. */
export interface Group {
  readonly name: string
  readonly summary: string
  readonly usage: string
  /** What they have in common, with an example or two. */
  readonly text: string
  readonly verbs: readonly Entry[]
}

export type Entry = Leaf | Group

export const isGroup = (entry: Entry): entry is Group => 'verbs' in entry

const catalog: Group = {
  name: 'catalog',
  summary: 'Shows what all servers know: datacenters, nodes, services',
  usage: 'roster catalog <subcommand> [options] [args]',
  text: `Shows the catalog: nodes and services as all servers know them, wherever they
were registered. What one agent looks after itself is under "roster services"
and "roster checks".

    $ roster catalog nodes -service=web
    $ roster catalog services -tags`,
  verbs: [
    { name: 'datacenters', summary: 'Lists the known datacenters, the nearest first', load: async () => (await import('./catalog/datacenters.js')).catalogDatacenters },
    { name: 'nodes', summary: 'Lists the nodes of a datacenter', load: async () => (await import('./catalog/nodes.js')).catalogNodes },
    { name: 'services', summary: 'Lists the services of a datacenter', load: async () => (await import('./catalog/services.js')).catalogServices },
  ],
}

const checks: Group = {
  name: 'checks',
  summary: 'Shows health checks and reports to those with a TTL',
  usage: 'roster checks <subcommand> [options] [args]',
  text: `Shows health checks, and reports to checks with a TTL what they wait to hear.

    $ roster checks ls -state=critical
    $ roster checks pass -note="all is well" service:web`,
  verbs: [
    { name: 'fail', summary: 'Reports to a TTL check: critical', load: async () => (await import('./checks/report.js')).checksFail },
    { name: 'ls', summary: 'Lists checks with their states', load: async () => (await import('./checks/ls.js')).checksLs },
    { name: 'pass', summary: 'Reports to a TTL check: passing', load: async () => (await import('./checks/report.js')).checksPass },
    { name: 'warn', summary: 'Reports to a TTL check: warning', load: async () => (await import('./checks/report.js')).checksWarn },
  ],
}

const config: Group = {
  name: 'config',
  summary: 'Reads and writes central config entries',
  usage: 'roster config <subcommand> [options] [args]',
  text: `Reads and writes config entries: settings of services that all servers share.

    $ roster config write web-defaults.hcl
    $ roster config read -kind=service-defaults -name=web
    $ roster config list -kind=service-defaults`,
  verbs: [
    { name: 'delete', summary: 'Deletes a config entry', load: async () => (await import('./config/delete.js')).configDelete },
    { name: 'list', summary: 'Lists the names of the entries of a kind', load: async () => (await import('./config/list.js')).configList },
    { name: 'read', summary: 'Shows a config entry', load: async () => (await import('./config/read.js')).configRead },
    { name: 'write', summary: 'Creates or replaces a config entry', load: async () => (await import('./config/write.js')).configWrite },
  ],
}

const importing: Group = {
  name: 'import',
  summary: 'Takes over what another registry has',
  usage: 'roster import <subcommand> [options]',
  text: `Takes over what another registry has.

    $ roster import consul -addr=http://10.0.0.7:8500 -dry-run`,
  verbs: [
    { name: 'consul', summary: 'Copies from a running Consul, and mirrors its instances', load: async () => (await import('./import/consul.js')).importConsul },
  ],
}

const intention: Group = {
  name: 'intention',
  summary: 'Says which services may call which',
  usage: 'roster intention <subcommand> [options] [args]',
  text: `Says which services may call which, and answers whether one may call another.

    $ roster intention create -deny web db
    $ roster intention check web db`,
  verbs: [
    { name: 'check', summary: 'Answers whether a service may call another', load: async () => (await import('./intention/check.js')).intentionCheck },
    { name: 'create', summary: 'Creates intentions', load: async () => (await import('./intention/create.js')).intentionCreate },
    { name: 'delete', summary: 'Deletes an intention', load: async () => (await import('./intention/delete.js')).intentionDelete },
    { name: 'get', summary: 'Shows an intention', load: async () => (await import('./intention/get.js')).intentionGet },
    { name: 'list', summary: 'Lists all intentions', load: async () => (await import('./intention/list.js')).intentionList },
    { name: 'match', summary: 'Lists the intentions that concern a service', load: async () => (await import('./intention/match.js')).intentionMatch },
  ],
}

const kv: Group = {
  name: 'kv',
  summary: 'Reads and writes keys and values',
  usage: 'roster kv <subcommand> [options] [args]',
  text: `Reads and writes keys and values.

    $ roster kv put shop/currency EUR
    $ roster kv get shop/currency
    $ roster kv tree shop
    $ roster kv delete -recurse shop/`,
  verbs: [
    { name: 'delete', summary: 'Deletes a key, or all below a prefix', load: async () => (await import('./kv/delete.js')).kvDelete },
    { name: 'export', summary: 'Writes keys and values as JSON', load: async () => (await import('./kv/export.js')).kvExport },
    { name: 'get', summary: 'Shows values, or lists keys', load: async () => (await import('./kv/get.js')).kvGet },
    { name: 'import', summary: 'Takes in what export has written', load: async () => (await import('./kv/import.js')).kvImport },
    { name: 'ls', summary: 'Lists one level of keys', load: async () => (await import('./kv/ls.js')).kvLs },
    { name: 'put', summary: 'Writes a value', load: async () => (await import('./kv/put.js')).kvPut },
    { name: 'tree', summary: 'Shows keys as a tree', load: async () => (await import('./kv/tree.js')).kvTree },
    { name: 'watch', summary: 'Prints changes of a key or of a prefix as they come', load: async () => (await import('./kv/watch.js')).kvWatch },
  ],
}

const nodes: Group = {
  name: 'nodes',
  summary: 'Shows nodes with their health',
  usage: 'roster nodes <subcommand> [options] [args]',
  text: `Shows nodes with their health.

    $ roster nodes ls`,
  verbs: [
    { name: 'ls', summary: 'Lists nodes with their health', load: async () => (await import('./nodes/ls.js')).nodesLs },
  ],
}

const operator: Group = {
  name: 'operator',
  summary: 'Tools for whoever runs the servers',
  usage: 'roster operator <subcommand> [options]',
  text: 'Shows and changes how the servers work together.',
  verbs: [
    {
      name: 'autopilot',
      summary: 'Upkeep of the servers',
      usage: 'roster operator autopilot <subcommand> [options]',
      text: 'Shows and changes how servers that fail or come are treated.',
      verbs: [
        { name: 'get-config', summary: 'Shows the settings', load: async () => (await import('./operator/autopilot-get-config.js')).autopilotGetConfig },
        { name: 'set-config', summary: 'Changes settings', load: async () => (await import('./operator/autopilot-set-config.js')).autopilotSetConfig },
        { name: 'state', summary: 'Shows the servers and their health', load: async () => (await import('./operator/autopilot-state.js')).autopilotState },
      ],
    },
    {
      name: 'raft',
      summary: 'The servers that keep the data',
      usage: 'roster operator raft <subcommand> [options]',
      text: 'Shows and changes the set of servers that keep the data.',
      verbs: [
        { name: 'list-peers', summary: 'Lists the servers', load: async () => (await import('./operator/raft-list-peers.js')).raftListPeers },
        { name: 'remove-peer', summary: 'Takes a server out', load: async () => (await import('./operator/raft-remove-peer.js')).raftRemovePeer },
        { name: 'transfer-leader', summary: 'Makes another server the leader', load: async () => (await import('./operator/raft-transfer-leader.js')).raftTransferLeader },
      ],
    },
    {
      name: 'usage',
      summary: 'How much is registered',
      usage: 'roster operator usage <subcommand> [options] [args]',
      text: 'Counts what is registered.',
      verbs: [
        { name: 'instances', summary: 'Counts services and instances', load: async () => (await import('./operator/usage-instances.js')).usageInstances },
      ],
    },
  ],
}

const services: Group = {
  name: 'services',
  summary: 'Registers, shows and watches services',
  usage: 'roster services <subcommand> [options] [args]',
  text: `Registers services with the local agent and takes them out again; shows and
watches services wherever they are. All names at once are under
"roster catalog services".

    $ roster services register web.hcl
    $ roster services show web
    $ roster services maint -enable -reason="new disk" web-1`,
  verbs: [
    { name: 'deregister', summary: 'Takes services of the local agent out', load: async () => (await import('./services/deregister.js')).servicesDeregister },
    { name: 'ls', summary: 'Lists services with their health', load: async () => (await import('./services/ls.js')).servicesLs },
    { name: 'maint', summary: 'Maintenance of one service of the local agent', load: async () => (await import('./services/maint.js')).servicesMaint },
    { name: 'register', summary: 'Registers services with the local agent', load: async () => (await import('./services/register.js')).servicesRegister },
    { name: 'show', summary: 'Shows the instances of a service with their checks', load: async () => (await import('./services/show.js')).servicesShow },
    { name: 'watch', summary: 'Prints changes of a service as they come', load: async () => (await import('./services/watch.js')).servicesWatch },
  ],
}

const snapshot: Group = {
  name: 'snapshot',
  summary: 'Saves, restores and inspects the whole state',
  usage: 'roster snapshot <subcommand> [options] [args]',
  text: `Saves the whole state as one file, restores it, and shows what is in one.

    $ roster snapshot save backup.snap
    $ roster snapshot inspect backup.snap
    $ roster snapshot restore backup.snap`,
  verbs: [
    { name: 'inspect', summary: 'Shows what is in a snapshot', load: async () => (await import('./snapshot/inspect.js')).snapshotInspect },
    { name: 'restore', summary: 'Replaces the state by that of a snapshot', load: async () => (await import('./snapshot/restore.js')).snapshotRestore },
    { name: 'save', summary: 'Saves the state', load: async () => (await import('./snapshot/save.js')).snapshotSave },
  ],
}

const tls: Group = {
  name: 'tls',
  summary: 'Makes authorities and certificates',
  usage: 'roster tls <subcommand> <subcommand> [options]',
  text: `Makes an authority, and certificates that it signs.

    $ roster tls ca create
    $ roster tls cert create -server`,
  verbs: [
    {
      name: 'ca',
      summary: 'Authorities',
      usage: 'roster tls ca <subcommand> [options]',
      text: 'Makes an authority of one\'s own.',
      verbs: [{ name: 'create', summary: 'Makes an authority', load: async () => (await import('./tls/ca-create.js')).tlsCaCreate }],
    },
    {
      name: 'cert',
      summary: 'Certificates',
      usage: 'roster tls cert <subcommand> [options]',
      text: 'Makes certificates that an authority signs.',
      verbs: [{ name: 'create', summary: 'Makes a certificate', load: async () => (await import('./tls/cert-create.js')).tlsCertCreate }],
    },
  ],
}

export const verbs: readonly Entry[] = [
  { name: 'agent', summary: 'Runs the registry', load: async () => (await import('./agent-verb.js')).agentVerb },
  catalog,
  checks,
  { name: 'completion', summary: 'Prints completion for bash, zsh or fish', load: async () => (await import('./completion-verb.js')).completionVerb },
  config,
  { name: 'event', summary: 'Fires an event', load: async () => (await import('./event.js')).event },
  { name: 'force-leave', summary: 'Takes a failed member for left', load: async () => (await import('./force-leave.js')).forceLeave },
  importing,
  { name: 'info', summary: 'Shows figures of the agent', load: async () => (await import('./info.js')).info },
  intention,
  { name: 'join', summary: 'Joins other agents', load: async () => (await import('./join.js')).join },
  { name: 'keygen', summary: 'Makes a key for encryption', load: async () => (await import('./keygen.js')).keygen },
  kv,
  { name: 'leave', summary: 'Makes the agent leave and end', load: async () => (await import('./leave.js')).leave },
  { name: 'lock', summary: 'Runs a command while holding a lock', load: async () => (await import('./lock.js')).lock },
  { name: 'maint', summary: 'Maintenance of the node or of a service', load: async () => (await import('./maint.js')).maint },
  { name: 'members', summary: 'Lists the members of the cluster', load: async () => (await import('./members.js')).members },
  { name: 'monitor', summary: 'Shows the log of an agent as it is written', load: async () => (await import('./monitor.js')).monitor },
  nodes,
  operator,
  { name: 'reload', summary: 'Makes the agent read its files anew', load: async () => (await import('./reload.js')).reload },
  { name: 'resolve', summary: 'Shows whom callers of a service get, and why', load: async () => (await import('./resolve.js')).resolve },
  { name: 'rtt', summary: 'Estimates the round trip time between nodes', load: async () => (await import('./rtt.js')).rtt },
  services,
  snapshot,
  tls,
  { name: 'validate', summary: 'Judges configuration files without starting', load: async () => (await import('./validate.js')).validate },
  { name: 'version', summary: 'Shows the version', load: async () => (await import('./version.js')).version },
  { name: 'watch', summary: 'Watches for changes, and runs a command for each', load: async () => (await import('./watch.js')).watch },
]

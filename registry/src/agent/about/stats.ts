// The `Stats` of agent/self: texts by room, which `roster info` prints.

import { arch, availableParallelism, platform } from 'node:os'
import { checkTypeOf } from '../check-record.js'
import type { Roster } from '../../roster.js'

type Texts = Readonly<Record<string, string>>

const GO_ARCH: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

export function statsJson (roster: Roster): Readonly<Record<string, Texts>> {
  const { config, state, guard, localAgent } = roster
  const leader = leaderAddress(config)
  const types = [...state.agent.checks.values()].map(({ value }) => checkTypeOf(value))
  const { active, kept, until, reason } = guard.status()
  return {
    agent: {
      check_monitors: String(types.filter(type => type === 'script').length),
      check_ttls: String(types.filter(type => type === 'ttl').length),
      checks: String(state.agent.checks.size),
      services: String(state.agent.services.size),
    },
    build: { prerelease: '', revision: '', version: config.version, version_metadata: '' },
    consul: localAgent !== undefined ? { acl: config.acl.enabled ? 'enabled' : 'disabled', known_servers: localAgent.attached ? '1' : '0', server: 'false' } : { acl: config.acl.enabled ? 'enabled' : 'disabled', bootstrap: String(config.bootstrap), known_datacenters: '1', leader: 'true', leader_addr: leader, server: String(config.server) },
    guard: { active: String(active), kept: String(kept), until: until === 0 ? '' : new Date(until).toISOString(), reason },
    leases: { leases: String(state.leases.byId.size) },
    ...(localAgent !== undefined ? {} : { raft: raftTexts(roster) }),
    runtime: { arch: GO_ARCH[arch()] ?? arch(), cpu_count: String(availableParallelism()), goroutines: '1', max_procs: '1', os: platform(), version: process.version },
    serf_lan: GOSSIP,
    serf_wan: GOSSIP,
  }
}

const leaderAddress = ({ addresses, ports }: Roster['config']): string => `${addresses.advertise}:${ports.server}`

/** What a server says of its log; it leads itself. */
function raftTexts ({ config, state }: Roster): Texts {
  const index = String(state.base + state.revision)
  return {
    applied_index: index,
    commit_index: index,
    fsm_pending: '0',
    last_contact: '0',
    last_log_index: index,
    last_log_term: '1',
    last_snapshot_index: '0',
    last_snapshot_term: '0',
    latest_configuration: `[{Suffrage:Voter ID:${config.node.id} Address:${leaderAddress(config)}}]`,
    latest_configuration_index: '0',
    num_peers: '0',
    protocol_version: '3',
    protocol_version_max: '3',
    protocol_version_min: '0',
    snapshot_version_max: '1',
    snapshot_version_min: '0',
    state: 'Leader',
    term: '1',
  }
}

/** One member, nothing under way. */
const GOSSIP: Texts = {
  coordinate_resets: '0',
  encrypted: 'false',
  event_queue: '0',
  event_time: '1',
  failed: '0',
  health_score: '0',
  intent_queue: '0',
  left: '0',
  member_time: '1',
  members: '1',
  query_queue: '0',
  query_time: '1',
}

// agent/self: who this agent is, what it runs on and how it does.

import { debugConfig } from './debug-config.js'
import { memberJson } from './members.js'
import { statsJson } from './stats.js'
import type { Roster } from '../../roster.js'
import type { Json } from '../wire.js'

/** Roster is built from source; its build date says nothing. */
export const BUILD_DATE = '1970-01-01T00:00:01Z'

/** Where a node is before anything was measured. */
const ORIGIN: Json = { Vec: [0, 0, 0, 0, 0, 0, 0, 0], Error: 1.5, Adjustment: 0, Height: 0.00001 }

export function selfJson (roster: Roster): Json {
  const { config, state } = roster
  return {
    Config: {
      Datacenter: config.datacenter,
      PrimaryDatacenter: config.primaryDatacenter,
      NodeName: config.node.name,
      NodeID: config.node.id,
      Revision: '',
      Server: config.server,
      Version: config.version,
      BuildDate: BUILD_DATE,
      BindAddr: config.addresses.bind,
    },
    DebugConfig: debugConfig(config),
    Coord: ORIGIN,
    Member: memberJson(config, 'lan'),
    Stats: statsJson(roster),
    Meta: state.nodes.get(config.node.name)?.value.meta ?? {},
    xDS: { SupportedProxies: { envoy: [] }, Port: config.ports.grpcTls, Ports: { Plaintext: config.ports.grpc, TLS: config.ports.grpcTls } },
  }
}

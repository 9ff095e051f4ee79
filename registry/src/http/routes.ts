// Every route of the compatible API, a list a family. A new family is one file and one line here.

import { aclRoutes } from './acl.js'
import { agentCheckRoutes } from './agent-check.js'
import { agentConnectRoutes } from './agent-connect.js'
import { agentHealthRoutes } from './agent-health.js'
import { agentLifecycleRoutes } from './agent-lifecycle.js'
import { agentMaintenanceRoutes } from './agent-maintenance.js'
import { agentMemberRoutes } from './agent-members.js'
import { agentMetricsRoutes } from './agent-metrics.js'
import { agentMonitorRoutes } from './agent-monitor.js'
import { agentSelfRoutes } from './agent-self.js'
import { agentServiceRoutes } from './agent-service.js'
import { agentTokenRoutes } from './agent-token.js'
import { catalogRoutes } from './catalog.js'
import { configEntryRoutes } from './config-entry.js'
import { discoveryChainRoutes } from './discovery-chain.js'
import { explainRoutes } from './explain.js'
import { clusterRoutes } from './cluster.js'
import { connectRoutes } from './connect.js'
import { intentionRoutes } from './intention.js'
import { federationRoutes } from './federation.js'
import { peeringRoutes } from './peering.js'
import { uiRoutes } from './ui.js'
import { virtualIpRoutes } from './virtual-ip.js'
import { healthRoutes } from './health.js'
import { historyRoutes } from './history.js'
import { kvRoutes } from './kv.js'
import { localAgentRoutes } from './local-agent.js'
import { leaseRoutes } from './lease.js'
import { coordinateRoutes } from './coordinate.js'
import { eventRoutes } from './event.js'
import { operatorRoutes } from './operator.js'
import { queryRoutes } from './query.js'
import { sessionRoutes } from './session.js'
import { snapshotRoutes } from './snapshot.js'
import { statusRoutes } from './status.js'
import { txnRoutes } from './txn.js'
import { topologyRoutes } from './topology.js'
import { watcherRoutes } from './watchers.js'
import type { Route } from './route.js'

export const routes: readonly Route[] = [
  ...statusRoutes,
  ...agentServiceRoutes,
  ...agentCheckRoutes,
  ...agentHealthRoutes,
  ...agentMaintenanceRoutes,
  ...agentSelfRoutes,
  ...agentMemberRoutes,
  ...agentLifecycleRoutes,
  ...agentMetricsRoutes,
  ...agentMonitorRoutes,
  ...agentTokenRoutes,
  ...agentConnectRoutes,
  ...catalogRoutes,
  ...healthRoutes,
  ...explainRoutes,
  ...historyRoutes,
  ...configEntryRoutes,
  ...discoveryChainRoutes,
  ...connectRoutes,
  ...intentionRoutes,
  ...virtualIpRoutes,
  ...uiRoutes,
  ...federationRoutes,
  ...peeringRoutes,
  ...leaseRoutes,
  ...localAgentRoutes,
  ...kvRoutes,
  ...sessionRoutes,
  ...queryRoutes,
  ...eventRoutes,
  ...coordinateRoutes,
  ...operatorRoutes,
  ...snapshotRoutes,
  ...txnRoutes,
  ...aclRoutes,
  ...watcherRoutes,
  ...clusterRoutes,
  ...topologyRoutes,
]

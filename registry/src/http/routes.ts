// Every route of the compatible API, a list a family. A new family is one file and one line here.

import { agentCheckRoutes } from './agent-check.js'
import { agentHealthRoutes } from './agent-health.js'
import { agentMaintenanceRoutes } from './agent-maintenance.js'
import { agentServiceRoutes } from './agent-service.js'
import { catalogRoutes } from './catalog.js'
import { healthRoutes } from './health.js'
import { kvRoutes } from './kv.js'
import { leaseRoutes } from './lease.js'
import { sessionRoutes } from './session.js'
import { statusRoutes } from './status.js'
import { watcherRoutes } from './watchers.js'
import type { Route } from './route.js'

export const routes: readonly Route[] = [
  ...statusRoutes,
  ...agentServiceRoutes,
  ...agentCheckRoutes,
  ...agentHealthRoutes,
  ...agentMaintenanceRoutes,
  ...catalogRoutes,
  ...healthRoutes,
  ...leaseRoutes,
  ...kvRoutes,
  ...sessionRoutes,
  ...watcherRoutes,
]

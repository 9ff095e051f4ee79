// Every route of the compatible API, a list a family. A new family is one file and one line here.

import { catalogRoutes } from './catalog.js'
import { healthRoutes } from './health.js'
import { leaseRoutes } from './lease.js'
import { statusRoutes } from './status.js'
import { watcherRoutes } from './watchers.js'
import type { Route } from './route.js'

export const routes: readonly Route[] = [
  ...statusRoutes,
  ...catalogRoutes,
  ...healthRoutes,
  ...leaseRoutes,
  ...watcherRoutes,
]

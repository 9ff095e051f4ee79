// Rows of the catalog with everything that a test does not care about.
import type { CheckRecord } from '../../src/state/checks.js'
import type { NodeRecord } from '../../src/state/nodes.js'
import type { ServiceRecord } from '../../src/state/services.js'

export const nodeRecord = (more: Partial<NodeRecord> & { name: string }): NodeRecord =>
  ({ id: '', address: '198.51.100.1', datacenter: 'dc1', taggedAddresses: null, meta: null, ...more })

export const serviceRecord = (more: Partial<ServiceRecord> & { node: string, name: string }): ServiceRecord => ({
  kind: '',
  id: more.name,
  tags: [],
  address: '',
  taggedAddresses: null,
  meta: null,
  port: 80,
  ports: null,
  socketPath: '',
  weights: { passing: 1, warning: 1 },
  enableTagOverride: false,
  proxy: null,
  connect: null,
  locality: null,
  ...more,
})

export const checkRecord = (more: Partial<CheckRecord> & { node: string, checkId: string }): CheckRecord => ({
  name: more.checkId,
  status: 'passing',
  notes: '',
  output: '',
  serviceId: '',
  serviceName: '',
  serviceTags: [],
  type: '',
  interval: '',
  timeout: '',
  exposedPort: 0,
  definition: {},
  ...more,
})

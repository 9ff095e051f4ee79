// Kubernetes manifests of the whole shop: a Deployment for each service, whose pods register themselves; no Service between them, since they find one another through the registry.
// https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ for native sidecars (1.29 and later).

import { stringify } from 'yaml'
import { GUEST, PLANS } from '../manifest.js'
import type { ServicePlan } from '../manifest.js'
import { image, PORT, REGISTRY, UPSTREAM_PORT } from './settings.js'

const HEAD = '# Generated from the manifest of services: npm run deploy-files\n#   kubectl apply -f demo-services/deploy/kubernetes.yaml\n# Each service with a store needs a secret such as order-db-secret, with the key url (postgres://…): docs of DATABASE_URL in demo-services/README.md\n'

/** Replicas where a failure must not be seen. */
const REPLICAS: Readonly<Record<string, number>> = { orders: 3, storefront: 2, inventory: 2, payments: 2, users: 2 }
const REGISTRY_URL = `http://registry:${REGISTRY.http}`
const secure = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, runAsUser: 1000, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } }
const resources = (mb: number): object => ({ requests: { cpu: '50m', memory: `${Math.round(mb / 2)}Mi` }, limits: { memory: `${mb}Mi` } })
const scratch = { volumes: [{ name: 'data', emptyDir: {} }] }
const mounts = { volumeMounts: [{ name: 'data', mountPath: '/data' }] }

/** Of every container: where the registry is, and what others reach the pod by. */
const env = [
  { name: 'ROSTER_HTTP_ADDR', value: REGISTRY_URL },
  { name: 'ROSTER_ADDRESS', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
]

function deployment (app: string, replicas: number, spec: object): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app, labels: { app } },
    spec: {
      replicas,
      selector: { matchLabels: { app } },
      // The new one first: the old one leaves when callers have seen it.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: { metadata: { labels: { app } }, spec: { terminationGracePeriodSeconds: 30, automountServiceAccountToken: false, ...spec } },
    },
  }
}

/** A sidecar that starts before its service and ends after it. */
const sidecar = (args: readonly string[]): object => ({
  name: 'roster-sidecar',
  image: image('sidecar'),
  restartPolicy: 'Always',
  args,
  env,
  startupProbe: { httpGet: { path: '/live', port: 15000 }, periodSeconds: 1, failureThreshold: 30 },
  securityContext: secure,
  resources: resources(128),
  ...mounts,
})

function service ({ name, one, protocol, keeps, memoryMb }: ServicePlan): object {
  const app = `${one}-service`
  const check = protocol === 'http' ? { httpGet: { path: '/health', port: PORT } } : { tcpSocket: { port: PORT } }
  return deployment(app, REPLICAS[name] ?? 1, {
    // Whatever else runs in the pod reaches every service at 127.0.0.1:15001 by its name; the service itself registers and calls by the SDK.
    initContainers: [sidecar(['--outbound', '15001', '--admin', '0.0.0.0:15000'])],
    containers: [{
      name: app,
      image: image(one),
      ports: [{ containerPort: PORT }],
      env: [...env, ...keeps ? [{ name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: `${one}-db-secret`, key: 'url' } } }] : []],
      startupProbe: { ...check, periodSeconds: 1, failureThreshold: 60 },
      readinessProbe: { ...check, periodSeconds: 5 },
      livenessProbe: { ...check, periodSeconds: 10, failureThreshold: 3 },
      securityContext: secure,
      resources: resources(memoryMb),
      ...mounts,
    }],
    ...scratch,
  })
}

const exposed = (app: string, ports: readonly object[], type = 'ClusterIP'): object => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: app }, spec: { type, selector: { app }, ports } })

export function kubernetesObjects (): readonly object[] {
  const check = { httpGet: { path: '/health/ready', port: REGISTRY.http } }
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'registry', labels: { app: 'registry' } },
      spec: {
        serviceName: 'registry',
        replicas: 1,
        selector: { matchLabels: { app: 'registry' } },
        template: {
          metadata: { labels: { app: 'registry' } },
          spec: {
            automountServiceAccountToken: false,
            securityContext: { fsGroup: 1000 },
            containers: [{
              name: 'registry',
              image: image('registry'),
              ports: [{ containerPort: REGISTRY.http, name: 'http' }, { containerPort: REGISTRY.dns, name: 'dns', protocol: 'UDP' }],
              readinessProbe: { ...check, periodSeconds: 2 },
              livenessProbe: { httpGet: { path: '/health/live', port: REGISTRY.http }, periodSeconds: 10 },
              securityContext: secure,
              resources: resources(256),
              ...mounts,
            }],
          },
        },
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }],
      },
    },
    exposed('registry', [{ name: 'http', port: REGISTRY.http }, { name: 'dns', port: REGISTRY.dns, protocol: 'UDP' }]),
    ...PLANS.map(service),
    exposed('storefront-service', [{ name: 'http', port: 80, targetPort: PORT }]),
    deployment(`${GUEST.one}-service`, 1, {
      initContainers: [sidecar(['--service', GUEST.name, '--port', String(PORT), '--upstream', `${GUEST.needs}:${UPSTREAM_PORT}`, '--health-path', '/health', '--meta', 'owner=team-trucks', '--admin', '0.0.0.0:15000'])],
      containers: [{
        name: `${GUEST.one}-service`,
        image: image(GUEST.one),
        ports: [{ containerPort: PORT }],
        env: [{ name: `ROSTER_UPSTREAM_${GUEST.needs.toUpperCase()}`, value: `http://127.0.0.1:${UPSTREAM_PORT}` }],
        securityContext: { ...secure, runAsUser: 65534 },
        resources: resources(GUEST.memoryMb),
      }],
      ...scratch,
    }),
  ]
}

export const kubernetes = (): string => HEAD + kubernetesObjects().map(object => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n')

// Laws of the deployment files: they are what the manifest says, they name the same services, and they are what their readers understand.
import t from 'tap'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import { Service } from 'kubernetes-models/v1/Service'
import { parse, parseAllDocuments } from 'yaml'
import { compose } from '../../src/deploy/compose.js'
import { dockerfile } from '../../src/deploy/dockerfile.js'
import { kubernetes } from '../../src/deploy/kubernetes.js'
import { GUEST, PLANS } from '../../src/manifest.js'
import { services } from '../../src/services.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const kept = (file: string): string => readFileSync(`${root}demo-services/deploy/${file}`, 'utf8')

t.test('the files are those that the manifest makes (npm run deploy-files)', async t => {
  t.equal(kept('Dockerfile'), dockerfile())
  t.equal(kept('compose.yaml'), compose())
  t.equal(kept('kubernetes.yaml'), kubernetes())
})

t.test('manifest, sources, images, compose file and Kubernetes name the same services', async t => {
  const names = PLANS.map(({ name }) => name).sort()
  t.strictSame(Object.keys(services).sort(), names)
  const targets = [...dockerfile().matchAll(/ AS ([a-z-]+)$/gm)].map(match => match[1]!)
  const file = parse(compose()) as { services: Record<string, { build: { target: string }, depends_on?: object, volumes?: string[] }>, volumes: object }
  t.strictSame(Object.keys(file.services).sort(), [...names, 'registry', GUEST.name, `${GUEST.name}-sidecar`].sort())
  for (const [name, { build, volumes = [] }] of Object.entries(file.services)) {
    t.ok(targets.includes(build.target), `${name} is built`)
    for (const volume of volumes) t.ok(volume.split(':')[0]! in file.volumes, `${name} has its volume`)
  }
  const deployments = parseAllDocuments(kubernetes()).map(document => document.toJS() as { kind: string, metadata: { name: string } }).filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name)
  t.strictSame(deployments.sort(), [...PLANS.map(({ one }) => `${one}-service`), `${GUEST.one}-service`].sort())
})

t.test('Kubernetes: every object is what the published schemas allow', async t => {
  const KINDS = { Deployment, StatefulSet, Service }
  for (const document of parseAllDocuments(kubernetes())) {
    const object = document.toJS() as { kind: keyof typeof KINDS, metadata: { name: string } }
    t.doesNotThrow(() => new KINDS[object.kind](object as never).validate(), `${object.kind} ${object.metadata.name}`)
  }
  t.throws(() => new Deployment({ metadata: { name: 'x' }, spec: { replicas: 'three' } } as never).validate(), 'and one that is not is seen')
})

t.test('order-service: as operators expect it', async t => {
  const order = parseAllDocuments(kubernetes()).map(document => document.toJS()).find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'order-service')
  t.match(order, {
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'order-service' } },
      template: {
        metadata: { labels: { app: 'order-service' } },
        spec: {
          initContainers: [{ name: 'roster-sidecar', restartPolicy: 'Always', startupProbe: {} }],
          containers: [{ image: 'myapp/order-service:v2.1', ports: [{ containerPort: 8080 }], readinessProbe: {}, livenessProbe: {}, securityContext: { runAsNonRoot: true } }],
        },
      },
    },
  })
  t.match(order.spec.template.spec.containers[0].env.find(({ name }: { name: string }) => name === 'DATABASE_URL'), { valueFrom: { secretKeyRef: { name: 'order-db-secret', key: 'url' } } })
})

t.test('Dockerfile: nobody is root, everybody has a health check, and what is copied is there', async t => {
  for (const stage of dockerfile().split(/^FROM /m).slice(3)) {
    const [, name] = / AS (\S+)/.exec(stage)!
    t.match(stage, /^USER (node|nobody)$/m, `${name} is not root`)
    t.match(stage, /^HEALTHCHECK .*CMD \[/m, `${name} says how it is`)
    t.match(stage, /^(CMD|ENTRYPOINT) \[/m, `${name} does something`)
  }
  for (const [, paths] of dockerfile().matchAll(/^COPY (?!--from)(.+)$/gm)) {
    for (const path of paths!.split(' ').slice(0, -1)) t.ok(existsSync(root + path), path)
  }
})

// A compose file of the whole shop. The registry is the only name that is written down; replicas of a service share a volume, which is enough on one host.

import { stringify } from 'yaml'
import { GUEST, PLANS } from '../manifest.js'
import { image, PORT, REGISTRY, UPSTREAM_PORT } from './settings.js'

const HEAD = '# Generated from the manifest of services: npm run deploy-files\n#   docker compose -f demo-services/deploy/compose.yaml up --build\n'

export function composeFile (): object {
  const build = (target: string): object => ({ context: '../..', dockerfile: 'demo-services/deploy/Dockerfile', target })
  const common = { restart: 'unless-stopped', read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }
  const environment = { ROSTER_HTTP_ADDR: `http://registry:${REGISTRY.http}` }
  const after = { depends_on: { registry: { condition: 'service_healthy' } } }
  return {
    name: 'roster-shop',
    services: {
      registry: { build: build('registry'), image: image('registry'), ...common, ports: [`127.0.0.1:${REGISTRY.http}:${REGISTRY.http}`], volumes: ['registry:/data'], mem_limit: '256m' },
      ...Object.fromEntries(PLANS.map(({ name, one, instances, front, memoryMb }) => [name, {
        build: build(`${one}-service`),
        image: image(one),
        ...common,
        environment,
        ...after,
        volumes: [`${name}:/data`],
        mem_limit: `${memoryMb}m`,
        ...front && { ports: [`127.0.0.1:${PORT}:${PORT}`] },
        ...instances > 1 && { deploy: { replicas: instances } },
      }])),
      [GUEST.name]: { build: build(`${GUEST.one}-service`), image: image(GUEST.one), ...common, environment: { [`ROSTER_UPSTREAM_${GUEST.needs.toUpperCase()}`]: `http://127.0.0.1:${UPSTREAM_PORT}` }, mem_limit: `${GUEST.memoryMb}m` },
      // Beside the guest, in its network: loopback is where they meet.
      [`${GUEST.name}-sidecar`]: {
        build: build('sidecar'),
        image: image('sidecar'),
        ...common,
        environment,
        ...after,
        network_mode: `service:${GUEST.name}`,
        command: ['--service', GUEST.name, '--port', String(PORT), '--upstream', `${GUEST.needs}:${UPSTREAM_PORT}`, '--health-path', '/health', '--meta', 'owner=team-trucks'],
        mem_limit: '128m',
      },
    },
    volumes: Object.fromEntries(['registry', ...PLANS.map(({ name }) => name)].map(name => [name, {}])),
  }
}

export const compose = (): string => HEAD + stringify(composeFile(), { lineWidth: 0, aliasDuplicateObjects: false })

// One Dockerfile, a target for each image: `docker build --target order-service -t myapp/order-service:v2.1 -f demo-services/deploy/Dockerfile .`

import { GUEST, PLANS } from '../manifest.js'
import { answers, listens, PORT, REGISTRY } from './settings.js'

const PACKAGES = ['client-sdk', 'registry', 'sidecar', 'demo-services']
const json = (words: readonly string[]): string => JSON.stringify(words)

export function dockerfile (): string {
  return `# Generated from the manifest of services: npm run deploy-files. One target for each image:
#   docker build --target order-service -t myapp/order-service:v2.1 -f demo-services/deploy/Dockerfile .

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci
RUN npm run build:fast

FROM node:20-bookworm-slim AS runtime
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./
${PACKAGES.map(name => `COPY ${name}/package.json ${name}/package.json`).join('\n')}
RUN npm ci --omit=dev
${PACKAGES.map(name => `COPY --from=build /app/${name}/dist ${name}/dist`).join('\n')}
COPY registry/bin registry/bin
COPY sidecar/bin sidecar/bin
COPY demo-services/pages demo-services/pages
RUN mkdir -p /data && chown node:node /data

FROM runtime AS registry
USER node
WORKDIR /data
EXPOSE ${REGISTRY.http} ${REGISTRY.dns}/udp ${REGISTRY.dns}
VOLUME /data
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s CMD ${json(answers(REGISTRY.http, '/health/ready'))}
CMD ${json(['node', '/app/registry/bin/roster.js', 'agent', '-server', '-data-dir', '/data', '-client', '0.0.0.0'])}

FROM runtime AS sidecar
USER node
WORKDIR /data
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s CMD ${json(answers(15000, '/live'))}
ENTRYPOINT ["node", "/app/sidecar/bin/roster-sidecar.js"]
CMD ["--outbound", "15001", "--admin", "15000"]
${PLANS.map(({ name, one, protocol, memoryMb }) => `
FROM runtime AS ${one}-service
ENV HOST=0.0.0.0 PORT=${PORT} NODE_OPTIONS=--max-old-space-size=${Math.round(memoryMb * 0.7)}
USER node
WORKDIR /data
EXPOSE ${PORT}
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s CMD ${json(protocol === 'http' ? answers(PORT, '/health') : listens(PORT))}
CMD ${json(['node', '/app/demo-services/dist/main.js', name])}
`).join('')}
FROM python:3.12-slim-bookworm AS ${GUEST.one}-service
ENV PORT=${PORT} HOST=127.0.0.1
COPY demo-services/guests/${GUEST.name}/app.py /app/app.py
USER nobody
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s CMD ${json(['python', '-c', `import urllib.request; urllib.request.urlopen('http://127.0.0.1:${PORT}/health')`])}
CMD ["python", "-u", "/app/app.py"]
`
}

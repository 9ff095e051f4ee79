// How soon a change in the registry is used, and what following costs: from the moment a registration is answered (or before) to the first pick that can take the new instance; memory for
// each of 1,000 followed services. Usage: npm run build && npx tsx client-sdk/bench/freshness.ts [changes, default 300]. With `node --expose-gc` memory is exact.

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createClient } from '../dist/index.js'

const changes = Number(process.argv[2] ?? 300)
const SERVICES = 1000

async function freePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

const port = await freePort()
const only = `ports { http = ${port} dns = -1 grpc = -1 }`
const registry = spawn(process.execPath, [fileURLToPath(new URL('../../registry/dist/cli/main.js', import.meta.url)), 'agent', '-dev', '-hcl', only], { stdio: 'ignore' })
process.on('exit', () => registry.kill('SIGKILL'))
const address = `http://127.0.0.1:${port}`
while (!await fetch(`${address}/v1/status/leader`).then(response => response.ok, () => false)) await new Promise(resolve => setTimeout(resolve, 20))

const roster = createClient({ address, cacheDir: false })
const web = roster.service('web')
await web.ready()
const times: number[] = []
for (let i = 0; i < changes; i++) {
  const id = `web-${i}`
  const seen = new Promise<number>(resolve => {
    const stop = web.source.subscribe(instances => { if (instances.some(instance => instance.id === `n/${id}`)) { stop(); resolve(performance.now()) } })
  })
  const begun = performance.now()
  await roster.api.catalog.register({ Node: 'n', Address: '127.0.0.1', SkipNodeUpdate: i > 0, Service: { ID: id, Service: 'web', Port: 1000 + i } })
  times.push(await seen - begun)
  if (i >= 20) await roster.api.catalog.deregister({ Node: 'n', ServiceID: `web-${i - 20}` })
}
times.sort((a, b) => a - b)
const at = (share: number) => times[Math.floor(times.length * share)]!.toFixed(2)
console.log(`change -> new instance can be taken (write included): p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, of ${changes}`)

const collect = () => (globalThis as { gc?: () => void }).gc?.()
for (let i = 0; i < SERVICES; i++) await roster.api.catalog.register({ Node: 'n', Address: '127.0.0.1', SkipNodeUpdate: true, Service: { ID: `s${i}`, Service: `service-${i}`, Port: 80 } })
collect()
const before = process.memoryUsage().heapUsed
const followed = Array.from({ length: SERVICES }, (_, i) => roster.service(`service-${i}`))
await Promise.all(followed.map(service => service.ready({ timeout: 30_000 })))
collect()
console.log(`memory of a followed service with one instance: ${((process.memoryUsage().heapUsed - before) / SERVICES / 1024).toFixed(1)} KiB, over ${SERVICES}`)
await roster.close()
registry.kill()

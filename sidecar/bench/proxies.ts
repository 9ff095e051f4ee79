// Requests a second and per core, added latency and memory of the proxy beside its peers, in one run: `npx tsx sidecar/bench/proxies.ts [seconds] [pattern of names] [part of a case]`. Wants nginx, haproxy and wrk; Envoy where
// `ENVOY` names its binary. Processor time of the proxy's process is what "per core" is reckoned from, so that a busy machine distorts ratios little; latency it does distort.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, nginxMain, peers, run, used } from './lib/peers.js'

const seconds = Number(process.argv[2] ?? 3)
/** Pattern for the names of those to be measured. */
const only = process.argv[3]
/** Part of the names of cases. */
const which = process.argv[4] ?? ''
const folder = mkdtempSync(join(tmpdir(), 'roster-bench-'))
/** Thousands of connections take their time to be opened. */
const duration = (connections: number): number => connections > 1000 ? 3 * seconds : seconds
const PROXY_CORE = 1
const LOAD_CORE = 0

writeFileSync(join(folder, '1k'), 'x'.repeat(1024))
writeFileSync(join(folder, '1m'), 'x'.repeat(1024 * 1024))
const serverPort = await freePort()
writeFileSync(join(folder, 'server.conf'), nginxMain(folder, `server { listen 127.0.0.1:${serverPort} backlog=4096; root ${folder}; default_type text/plain; open_file_cache max=10; location = /1k { return 200 "${'x'.repeat(1024)}"; } }`))

const load = (port: number, path: string, connections: number): Promise<string> => new Promise((resolve, reject) => {
  const child = spawn('sh', ['-c', `ulimit -n 20000 2>/dev/null; exec nice -n -15 taskset -c ${LOAD_CORE} wrk -t1 -c${connections} -d${duration(connections)}s --latency http://127.0.0.1:${port}${path}`])
  let out = ''
  child.stdout.on('data', chunk => { out += chunk })
  child.on('error', reject).on('exit', () => resolve(out))
})
const figure = (out: string, pattern: RegExp): string => pattern.exec(out)?.[1] ?? '-'

const server = await run(['nginx', '-c', join(folder, 'server.conf')], serverPort, LOAD_CORE)
const perCore = new Map<string, number>()
console.log(`load of the machine at the beginning: ${loadavg().map(n => n.toFixed(1)).join(' ')}; ${seconds} s each`)
console.log('| case | proxy | requests/s | per core | p50 | p99 | RSS MiB | errors |\n|---|---|---|---|---|---|---|---|')
try {
  for (const [label, path, connections] of [['1 KiB, 100 connections', '/1k', 100], ['1 MiB, 100 connections', '/1m', 100], ['1 KiB, 5,000 connections', '/1k', 5000]] as const) {
    if (!label.includes(which)) continue
    const direct = await load(serverPort, path, connections)
    console.log(`| ${label} | none | ${figure(direct, /Requests\/sec: +([\d.]+)/)} | - | ${figure(direct, /50% +(\S+)/)} | ${figure(direct, /99% +(\S+)/)} | - | ${figure(direct, /(Socket errors.*|Non-2xx.*)/)} |`)
    for (const { name, kind, start } of peers) {
      if (only !== undefined && !new RegExp(only).test(name)) continue
      if (kind === 'tcp' && connections > 100) continue
      const port = await freePort()
      try {
        const peer = await run(start(port, serverPort, folder), port, PROXY_CORE)
        const took = duration(connections)
        // Until it has run in, however little of the machine it gets: what is compiled at run time needs some ten thousand requests.
        for (let served = 0, rounds = 0; served < (path === '/1k' ? 30_000 : 300) && rounds < 8; rounds++) served += Number(figure(await load(port, path, Math.min(connections, 100)), /(\d+) requests in/))
        const before = used(peer.child.pid!)
        const out = await load(port, path, connections)
        const after = used(peer.child.pid!)
        const rate = Number(figure(out, /Requests\/sec: +([\d.]+)/))
        const core = rate * took / (after.cpu - before.cpu)
        perCore.set(`${label} ${name}`, core)
        console.log(`| ${label} | ${name} | ${Math.round(rate)} | ${Math.round(core)} | ${figure(out, /50% +(\S+)/)} | ${figure(out, /99% +(\S+)/)} | ${Math.round(after.bytes / 1048576)} | ${figure(out, /(Socket errors.*|Non-2xx.*)/)} |`)
        await peer.stop()
      } catch (error) { console.log(`| ${label} | ${name} | ${(error as Error).message.slice(0, 80)} |`) }
    }
    const ratio = (a: string, b: string) => { const [x, y] = [perCore.get(`${label} ${a}`), perCore.get(`${label} ${b}`)]; return x === undefined || y === undefined ? '-' : (x / y).toFixed(2) }
    console.log(`${label}, per core: ${ratio('roster', 'envoy')} × Envoy, ${ratio('roster', 'nginx')} × nginx, ${ratio('roster', 'haproxy')} × HAProxy, ${ratio('roster', 'node:http')} × node:http; TCP ${ratio('roster tcp', 'haproxy tcp')} × HAProxy`)
  }
} finally {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

// The proxies that are measured, each on one core as one process: what starts them, and nothing that would favour one (no access log, kept connections to the servers, no TLS).

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Peer { readonly name: string, readonly kind: 'http' | 'tcp', readonly start: (port: number, server: number, folder: string) => readonly string[] }
export interface Running { readonly port: number, readonly child: ChildProcess, stop (): Promise<void> }

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const write = (folder: string, name: string, text: string): string => { const file = join(folder, name); writeFileSync(file, text); return file }

export const nginxMain = (folder: string, http: string): string => `daemon off; master_process off; worker_processes 1; pid ${folder}/${Math.random()}.pid; error_log ${folder}/nginx.log;
events { worker_connections 12000; }
http { access_log off; keepalive_requests 100000000; sendfile on; ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/${name};`).join(' ')}
${http} }
`
const haproxy = (mode: string) => (port: number, server: number, folder: string) => ['haproxy', '-f', write(folder, `haproxy-${mode}.cfg`, `global
  maxconn 8000
  nbthread 1
defaults
  mode ${mode}
  timeout connect 1s
  timeout client 60s
  timeout server 60s
${mode === 'http' ? '  http-reuse always\n' : ''}listen web
  bind 127.0.0.1:${port} backlog 4096
  server a 127.0.0.1:${server}
`)]
const envoyPath = process.env['ENVOY'] ?? '/usr/bin/envoy'
const roster = (kind: string) => (port: number, server: number) => [process.execPath, '--import=tsx', here('roster-proxy.ts'), kind, String(port), String(server)]

export const peers: readonly Peer[] = [
  { name: 'roster', kind: 'http', start: roster('http') },
  {
    name: 'nginx',
    kind: 'http',
    start: (port, server, folder) => ['nginx', '-c', write(folder, 'nginx-proxy.conf', nginxMain(folder, `upstream web { server 127.0.0.1:${server}; keepalive 128; keepalive_requests 100000000; }
server { listen 127.0.0.1:${port} backlog=4096; location / { proxy_pass http://web; proxy_http_version 1.1; proxy_set_header Connection ""; } }`))]
  },
  { name: 'haproxy', kind: 'http', start: haproxy('http') },
  ...existsSync(envoyPath)
    ? [{
        name: 'envoy',
        kind: 'http' as const,
        start: (port: number, server: number, folder: string) => [envoyPath, '--concurrency', '1', '--use-dynamic-base-id', '-l', 'error', '-c', write(folder, 'envoy.yaml', `static_resources:
  listeners:
  - address: { socket_address: { address: 127.0.0.1, port_value: ${port} } }
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: in
          route_config: { virtual_hosts: [{ name: all, domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: web, retry_policy: { retry_on: "connect-failure,reset" } } }] }] }
          http_filters: [{ name: envoy.filters.http.router, typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }]
  clusters:
  - name: web
    type: STATIC
    lb_policy: LEAST_REQUEST
    circuit_breakers: { thresholds: [{ max_connections: 12000, max_pending_requests: 12000, max_requests: 12000 }] }
    load_assignment: { cluster_name: web, endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: ${server} } } } }] }] }
`)]
      }]
    : [],
  { name: 'node:http', kind: 'http', start: (port, server) => [process.execPath, '--import=tsx', here('bare-proxy.ts'), String(port), String(server)] },
  { name: 'roster tcp', kind: 'tcp', start: roster('tcp') },
  { name: 'haproxy tcp', kind: 'tcp', start: haproxy('tcp') },
]

export const freePort = (): Promise<number> => new Promise(resolve => {
  const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address() as AddressInfo; server.close(() => resolve(port)) })
})

const answers = (port: number): Promise<boolean> => new Promise(resolve => {
  const socket = connect(port, '127.0.0.1').on('connect', () => { socket.destroy(); resolve(true) }).on('error', () => resolve(false))
})

/** @param core that it runs on @throws Error when it does not answer within 20 s */
export async function run (command: readonly string[], port: number, core: number): Promise<Running> {
  const child = spawn('sh', ['-c', 'ulimit -n 20000 2>/dev/null; exec "$@"', 'sh', 'nice', '-n', '-15', 'taskset', '-c', String(core), ...command], { stdio: ['ignore', 'ignore', 'ignore'] })
  const gone = new Promise<void>(resolve => { child.once('exit', () => resolve()) })
  const stop = async () => { child.kill('SIGKILL'); await gone }
  for (let i = 0; i < 200; i++) {
    if (child.exitCode !== null) break
    if (await answers(port)) return { port, child, stop }
    await new Promise(resolve => { setTimeout(resolve, 100) })
  }
  await stop()
  throw new Error(`does not answer: ${command.join(' ')}`)
}

/** Seconds of processor time that a process has used, and its resident bytes. */
export function used (pid: number): { readonly cpu: number, readonly bytes: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, bytes: Number(fields[21]) * 4096 }
}

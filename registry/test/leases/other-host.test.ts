// Law: which address a caller gets is never an accident. A lease from another host has that host's address; an agent registration from there, on a node that is known by
// a loopback address, is answered as Consul does and warned about. The other host is a network namespace.
import t from 'tap'
import { execFile, execFileSync } from 'node:child_process'
import { startTestServer } from '../support/server.js'

const name = `roster-${process.pid}`
const net = `10.231.${process.pid % 250}`
const ip = (...args: string[]): void => { execFileSync('ip', args, { stdio: 'pipe' }) }

/** A namespace with one line to this host; why there can be none otherwise. */
function otherHost (): string | false {
  if (process.getuid?.() !== 0) return 'only root makes network namespaces'
  try {
    ip('netns', 'add', name)
    ip('link', 'add', `rv${process.pid % 100_000}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
    ip('addr', 'add', `${net}.1/30`, 'dev', `rv${process.pid % 100_000}`)
    ip('link', 'set', `rv${process.pid % 100_000}`, 'up')
    ip('-n', name, 'addr', 'add', `${net}.2/30`, 'dev', 'eth0')
    ip('-n', name, 'link', 'set', 'eth0', 'up')
    return false
  } catch (error) {
    return `network namespaces cannot be made here: ${String(error).split('\n')[0]!}`
  }
}

const skip = otherHost()
t.teardown(() => { try { ip('netns', 'del', name) } catch {} })

/** Runs a script on the other host and gives what it prints. */
const there = (script: string): Promise<string> => new Promise((resolve, reject) => {
  execFile('ip', ['netns', 'exec', name, process.execPath, '-e', script], (error, out) => error === null ? resolve(out) : reject(error))
})

t.test('limits for each client hold for another host, and loopback goes on', { skip }, async t => {
  const server = await startTestServer({ config: { client_addr: '0.0.0.0', limits: { http_max_conns_per_client: 3 }, roster: { limits: { request_rate_per_client: 1, request_burst_per_client: 5 } } } })
  t.teardown(() => server.stop())
  const connections = await there(`
    const net = require('node:net')
    const first = Array.from({ length: 3 }, () => net.connect(${server.port}, '${net}.1'))
    Promise.all(first.map(s => new Promise(r => s.on('connect', r)))).then(() => {
      const fourth = net.connect(${server.port}, '${net}.1')
      fourth.on('data', d => { console.log(String(d).split('\\r\\n')[0]); process.exit() })
    })`)
  t.match(connections, /HTTP\/1\.1 429 /)
  t.equal(server.roster.stats.blockingReaders, 0)
  const statuses = await there(`
    (async () => { const all = []; for (let i = 0; i < 7; i++) { const r = await fetch('http://${net}.1:${server.port}/v1/status/leader'); all.push(r.status + ' ' + (r.headers.get('retry-after') ?? '')) } console.log(all.join(',')) })()`)
  t.match(statuses, /^200 ,200 ,200 ,200 ,200 ,(200 ,)?429 1/)
  for (let i = 0; i < 20; i++) t.equal((await server.call('GET', '/v1/status/leader')).status, 200)
  const metrics = await (await server.call('GET', '/metrics')).text()
  t.match(metrics, /^roster_http_connections_refused_total 1$/m)
  t.match(metrics, /^roster_http_requests_refused_total [12]$/m)
})

t.test('from another host', { skip }, async t => {
  const server = await startTestServer({ config: { client_addr: '0.0.0.0' } })
  t.teardown(() => server.stop())
  t.equal(server.roster.config.warnings.filter(line => /reach/i.test(line)).length, 1, 'one warning that strangers can reach it')
  const asked = async (path: string, body: object): Promise<string> => {
    return await new Promise((resolve, reject) => execFile('ip', ['netns', 'exec', name, process.execPath, '-e', `
      fetch('http://${net}.1:${server.port}${path}', { method: 'PUT', body: ${JSON.stringify(JSON.stringify(body))} })
        .then(async r => { console.log(r.status, r.headers.get('x-roster-warning') ?? '', (await r.text()).replaceAll('\\n', '')) })`], (error, out) => error === null ? resolve(out) : reject(error)))
  }
  t.match(await asked('/v1/lease', { ID: 'l', TTL: '1m', Node: 'far', Services: [{ Name: 'leased', Port: 1 }] }), /^200 /)
  t.equal(server.roster.state.services.get('far', 'leased')!.value.address, `${net}.2`)
  t.equal(server.roster.state.nodes.get('far')!.value.address, `${net}.2`)
  const answer = await asked('/v1/agent/service/register', { Name: 'plain', Port: 1 })
  t.match(answer, /^200 \S+.*127\.0\.0\.1/, 'the warning says what callers would get')
  t.equal(server.roster.state.services.get('test', 'plain')!.value.address, '', 'answered as Consul does')
})

// Laws of a life with a sidecar: nobody is sent to a service before it answers, nobody after it has said farewell; one line and one code for every start that fails.
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../src/config/load-config.js'
import { dataPlane } from '../src/data-plane.js'
import { SidecarError } from '../src/errors.js'
import { Sidecar } from '../src/sidecar.js'
import { createLog } from '../src/telemetry/log.js'
import { freePort, registry, run, sidecarProcess, sidecarCommand } from './support/processes.js'
import { until } from './support/until.js'

interface Row { readonly Service: { readonly ID: string, readonly Port: number, readonly Tags: string[], readonly Meta: Record<string, string> }, readonly Checks: ReadonlyArray<{ readonly Status: string, readonly Output: string }> }

const { url, get } = await registry(t)
const rows = (service: string) => get<Row[]>(`/v1/health/service/${service}`)
const started = async (args: readonly string[]): Promise<Sidecar> => {
  const config = loadConfig({ args, env: {} })
  if (typeof config === 'string') throw new Error(config)
  return await Sidecar.start(config, { env: process.env, log: createLog('silent'), dataPlane, signal: new AbortController().signal, childOutput: 'ignore' })
}

/** A child that says what happens to it. */
const SERVICE = `
  const server = require('node:http').createServer((q, s) => s.end('answered ' + q.url))
  setTimeout(() => server.listen(process.env.PORT, '127.0.0.1', () => console.log('listening')), Number(process.env.DELAY || 0))
  process.on('SIGTERM', () => { console.log('SIGTERM'); setTimeout(() => process.exit(Number(process.env.CODE || 0)), 50) })
  for (const signal of ['SIGHUP', 'SIGUSR2']) process.on(signal, () => console.log(signal))
`
const child = ['--', process.execPath, '-e', SERVICE]

t.test('starts the process, waits until it answers, registers it, and on SIGTERM takes it out before it ends', async t => {
  const starting = sidecarProcess(t, url, ['--service', 'orders', '--port', '0', '--tag', 'blue', '--meta', 'version=1.2', '--zone', 'a', ...child], { DELAY: '300', CODE: '7' })
  t.same(await rows('orders'), [])
  const orders = await starting
  t.match(orders.out(), /listening/, 'it answered before')
  const [row] = await rows('orders')
  t.equal(row!.Service.Port, Number(new URL(orders.at['public']!).port), 'others reach it by the public port')
  t.match(row!.Service, { Tags: ['blue'], Meta: { version: '1.2', zone: 'a' } })
  t.equal(await (await fetch(`${orders.at['public']!}/a`)).text(), 'answered /a')
  t.match(await orders.admin('/ready'), { status: 200, body: { ready: true, phase: 'ready' } })
  orders.child.kill('SIGHUP')
  await until('the signal has arrived', () => orders.out().includes('SIGHUP'))
  orders.child.kill('SIGTERM')
  await until('it is told', async () => (await rows('orders')).every(({ Checks }) => Checks.some(({ Output }) => Output.startsWith('draining'))))
  t.equal(await orders.ended, 7, 'the code is the child\'s')
  t.match(orders.out(), /SIGTERM/)
  t.same(await rows('orders'), [])
})

t.test('readiness: a service that is not well is called by nobody until it is', async t => {
  const folder = t.testdir({ well: 'yes' })
  const code = `require('node:http').createServer((q, s) => { s.statusCode = require('node:fs').readFileSync(${JSON.stringify(join(folder, 'well'))}, 'utf8') === 'yes' ? 204 : 500; s.end() }).listen(process.env.PORT, '127.0.0.1')`
  const moody = await sidecarProcess(t, url, ['--service', 'moody', '--port', '0', '--health-path', '/health', '--health-interval', '30ms', '--', process.execPath, '-e', code])
  t.match((await rows('moody'))[0]!.Checks, [{ Status: 'passing' }])
  writeFileSync(join(folder, 'well'), 'no')
  await until('it is critical', async () => (await rows('moody'))[0]!.Checks.some(({ Status, Output }) => Status === 'critical' && Output === '/health answered 500'))
  t.match(await moody.admin('/ready'), { status: 503, body: { reasons: ['the service is not well: /health answered 500'] } })
  writeFileSync(join(folder, 'well'), 'yes')
  await until('it is well again', async () => (await rows('moody'))[0]!.Checks.every(({ Status }) => Status === 'passing'))
})

t.test('without a child: beside a process that somebody else starts, later', async t => {
  const port = await freePort()
  const starting = sidecarProcess(t, url, ['--service', 'python', '--port', String(port)])
  const python = run(t, ['python3', '-m', 'http.server', String(port), '--bind', '127.0.0.1'])
  const beside = await starting
  t.equal((await fetch(beside.at['public']!)).status, 200)
  t.match(await beside.admin('/drain', 'POST'), { status: 202 })
  t.equal(await beside.ended, 0)
  t.equal(python.child.exitCode, null, 'which is not ours to end')
  t.same(await rows('python'), [])
})

t.test('a child that ends by itself ends the sidecarProcess, with its code, and is gone from the registry', async t => {
  const ends = await sidecarProcess(t, url, ['--service', 'brief', '--port', '0', '--', process.execPath, '-e', `${SERVICE}; setTimeout(() => process.exit(3), 1500)`])
  t.equal(await ends.ended, 3)
  t.same(await rows('brief'), [])
})

t.test('a child that does not end is killed with all that it has started', async t => {
  const deaf = await sidecarProcess(t, url, ['--service', 'deaf', '--port', '0', '--stop-timeout', '200ms', '--', 'sh', '-c', `trap "" TERM; ${process.execPath} -e 'process.on("SIGTERM", () => {}); console.log("pid " + process.pid); require("node:http").createServer().listen(process.env.PORT, "127.0.0.1")'`])
  const pid = Number(/pid (\d+)/.exec(deaf.out())![1])
  deaf.child.kill('SIGTERM')
  t.equal(await deaf.ended, 137)
  await until('nothing is left', () => { try { process.kill(pid, 0); return false } catch { return true } })
})

t.test('starts that fail: one line, one code, nothing registered', async t => {
  const folder = t.testdir({ 'bad.json': '{"version":1,"defaults":{"retry":{"attempts":0}}}', 'bad-config.json': '{"servce":"x"}', 'not-executable': 'x' })
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await new Promise(resolve => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo
  const beside = ['--registry', url, '--outbound', '0', '--admin', '0', '--cache-dir', folder, '--service', 'failing', '--port', '0']
  const cases: ReadonlyArray<readonly [name: string, args: readonly string[], code: number, text: RegExp]> = [
    ['an unknown flag', ['--servce', 'x'], 64, /^roster-sidecar: there is no flag --servce; is --service meant\?/],
    ['nothing to do', ['--outbound', 'off'], 64, /there is nothing to do/],
    ['a port that is none', ['--service', 'x', '--port', '99999'], 64, /--port must be a port from 0 to 65535, not "99999"/],
    ['a configuration file with an unknown key', ['--config', join(folder, 'bad-config.json')], 78, /bad-config\.json: "servce" is not known/],
    ['a policy that cannot be used', [...beside, '--policy', join(folder, 'bad.json'), ...child], 78, /"defaults\.retry\.attempts" must be between 1 and 10, not 0/],
    ['a taken port', [...beside, '--public-port', String(port), ...child], 71, new RegExp(`the public port: cannot listen on 127\\.0\\.0\\.1:${port}: somebody else listens there`)],
    ['a program that is not there', [...beside, '--', join(folder, 'nothing')], 127, /nothing: there is no such program/],
    ['a program that cannot be run', [...beside, '--', join(folder, 'not-executable')], 126, /not-executable: it cannot be run \(EACCES\)/],
    ['a child that never answers', [...beside, '--start-timeout', '200ms', '--', process.execPath, '-e', 'setInterval(() => {}, 1000)'], 75, /did not answer within 200 ms: port \d+: ECONNREFUSED/],
    ['a child that ends at once', [...beside, '--', process.execPath, '-e', 'process.exit(4)'], 4, /ended before it answered: exit code 4/],
    ['a registry that is away, and nothing on disk', ['--registry', '127.0.0.1:1', '--registry-timeout', '100ms', '--outbound', '0', '--admin', '0', '--cache-dir', join(folder, 'empty'), '--service', 'failing', '--port', '0', ...child], 69, /the registry cannot be reached, and nothing is known from disk/],
  ]
  // Two as users see them, the others in this process: what differs is only who prints the line.
  for (const [name, args, code, text] of cases) {
    if (name === 'an unknown flag' || name === 'a child that ends at once') {
      const process = run(t, sidecarCommand(...args))
      t.equal(await process.ended, code, `${name}: code`)
      const said = process.err().split('\n').filter(line => line.startsWith('roster-sidecar: '))
      t.equal(said.length, 1, `${name}: one line`)
      t.match(said[0], text, name)
      continue
    }
    const error = await started(args).then(() => t.fail(`${name}: it started`), (error: unknown) => error) as SidecarError
    t.ok(error instanceof SidecarError, `${name}: ${String(error)}`)
    t.equal(error.exitCode, code, `${name}: code`)
    t.notMatch(error.message, /\n/, `${name}: one line`)
    t.match(`roster-sidecar: ${error.message}`, text, name)
  }
  t.same(await rows('failing'), [])
})

t.test('signals while it starts end it', async t => {
  const early = run(t, sidecarCommand('--registry', url, '--outbound', '0', '--admin', '0', '--service', 'early', '--port', '0', '--', process.execPath, '-e', 'console.log("begun"); setInterval(() => {}, 1000)'))
  await until('the child runs', () => early.out().includes('begun'))
  early.child.kill('SIGTERM')
  t.equal(await early.ended, 143)
  t.same(await rows('early'), [])
})

t.test('the admin port is for this machine: no foreign names, no pages', async t => {
  const beside = await sidecarProcess(t, url, ['--service', 'guarded', '--port', '0', ...child])
  const port = Number(new URL(beside.at['admin']!).port)
  const ask = (headers: Record<string, string>, method = 'GET', path = '/config') => new Promise<number>((resolve, reject) => {
    void import('node:http').then(({ request }) => request({ host: '127.0.0.1', port, path, method, headers }, response => { response.resume(); resolve(response.statusCode!) }).on('error', reject).end())
  })
  t.equal(await ask({ host: `localhost:${port}` }), 200)
  t.equal(await ask({ host: 'evil.example' }), 403)
  t.equal(await ask({ host: `localhost:${port}`, origin: 'http://evil.example' }, 'POST', '/drain'), 403)
  t.equal(await ask({ host: `localhost:${port}`, 'sec-fetch-site': 'cross-site' }, 'POST', '/drain'), 403)
  t.match(await beside.admin('/drain'), { status: 405 })
  t.match(await beside.admin('/nothing'), { status: 404 })
  t.match(await beside.admin('/log-level?level=debug', 'PUT'), { status: 200, body: { level: 'debug' } })
  t.match(await beside.admin('/log-level?level=loud', 'PUT'), { status: 400 })
  t.match(await beside.admin('/log-level'), { body: { level: 'debug' } })
  t.match(await beside.admin('/explain'), { status: 400 })
  t.match(await beside.admin('/explain?service=nobody'), { status: 404 })
  t.match(await beside.admin('/reload', 'POST'), { status: 409 })
  t.match((await beside.admin<string>('/metrics')).body, /^roster_sidecar_ready 1$/m)
})

// Laws of the agent as a process: one line and a non-zero code for what it cannot start with; signals; ends with 0 when nothing was lost.
import t from 'tap'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, noBuild, startAgent } from '../support/agent-process.js'

t.test('starts that fail', { skip: noBuild }, async t => {
  const dir = t.testdir({ file: 'x', foreign: { 'something.db': 'x' }, consul: { raft: {}, 'node-id': '7c1a0f5e-3b52-4c0d-9a56-0c7d1e2f3a4b' }, taken: {} })
  const taken = await startAgent({ dir: join(dir, 'taken') })
  t.teardown(() => taken.stop())
  const TABLE: ReadonlyArray<readonly [what: string, options: Partial<Parameters<typeof startAgent>[0]>, text: RegExp]> = [
    ['a taken port', { ports: { http: taken.port, dns: await freePort() } }, new RegExp(`Error starting agent: error="listen tcp 127\\.0\\.0\\.1:${taken.port}: bind: address already in use"`)],
    ['a file instead of a folder', { dataDir: join(dir, 'file') }, /^==> data_dir ".*file" is not a directory$/m],
    ['a folder of somebody else', { dataDir: join(dir, 'foreign') }, /is not empty and not a Roster data directory/],
    ['a folder of Consul', { dataDir: join(dir, 'consul') }, /looks like the data directory of a Consul agent/],
    ['an unknown key', { config: { bogus_key: 1 } }, /^==> failed to parse .*: 1 error occurred:\n\t\* invalid config key bogus_key\n/m],
    ['a mistyped key', { config: { server: 'maybe' } }, /expected type 'bool'/],
    ['an unknown flag', { args: ['-htp-port', '1'] }, /^flag provided but not defined: -htp-port\n.*-http-port/m],
    ['a bad level', { args: ['-log-level', 'loud'] }, /^==> Invalid log level: loud\. Valid log levels are: /m],
    ['words too many', { args: ['extra'] }, /^==> Unexpected extra arguments: \[extra\]$/m],
  ]
  await Promise.all(TABLE.map(async ([what, options, text]) => {
    const agent = await startAgent({ anyhow: true, ...options, dir: mkdtemp(dir, what) })
    t.equal(await agent.ended, 1, what)
    t.match(agent.err() + agent.out(), text, what)
  }))
})

const mkdtemp = (dir: string, what: string): string => {
  const made = join(dir, what.replace(/\W+/g, '-'))
  mkdirSync(made)
  return made
}

t.test('an unwritable data directory is refused', { skip: noBuild || (process.getuid?.() === 0 ? 'root may write everywhere' : false) }, async t => {
  const dir = t.testdir({ data: {} })
  chmodSync(join(dir, 'data'), 0o500)
  const agent = await startAgent({ dir, dataDir: join(dir, 'data'), anyhow: true })
  t.equal(await agent.ended, 1)
  t.match(agent.err() + agent.out(), /permission denied|cannot be used/)
})

t.test('a data directory that another agent holds is refused, and free again when that one is killed', { skip: noBuild }, async t => {
  const dir = t.testdir({ a: {}, b: {}, data: {} })
  const first = await startAgent({ dir: join(dir, 'a'), dataDir: join(dir, 'data') })
  const second = await startAgent({ dir: join(dir, 'b'), dataDir: join(dir, 'data'), anyhow: true })
  t.equal(await second.ended, 1)
  t.match(second.out(), /Error starting agent: .*(in use|another process|locked)/i)
  await first.stop('SIGKILL')
  const third = await startAgent({ dir: join(dir, 'b'), dataDir: join(dir, 'data') })
  t.equal(await third.stop(), 0)
})

t.test('signals', { skip: noBuild }, async t => {
  const dir = t.testdir({})
  const agent = await startAgent({ dir, config: { services: [{ name: 'one', port: 1 }] } })
  t.match(agent.out(), /^==> Starting Roster agent\.\.\.\n/)
  t.match(agent.out(), /agent: Consul agent running!/)

  t.test('a request in flight is finished, the exit code is 0', async t => {
    const index = (await agent.call('GET', '/v1/catalog/nodes')).headers.get('x-consul-index')
    const reading = agent.call('GET', `/v1/catalog/nodes?index=${index}&wait=60s`)
    await agent.call('PUT', '/v1/kv/a', 'x')
    t.equal(await agent.stop('SIGTERM'), 0)
    t.equal((await reading).status, 200)
    t.match(agent.out(), /agent: Caught: signal=terminated/)
    t.match(agent.out(), /agent: Exit code: code=0\n$/)
  })

  t.test('SIGINT ends it with 0 too', async t => {
    const other = await startAgent({ dir })
    t.equal(await other.stop('SIGINT'), 0)
    t.match(other.out(), /signal=interrupt/)
  })

  t.test('SIGHUP puts changed definitions in force; a broken file changes nothing', async t => {
    const file = join(dir, 'services.json')
    writeFileSync(file, '{"services":[{"name":"one","port":1}]}')
    const other = await startAgent({ dir, args: ['-config-file', file] })
    t.teardown(() => other.stop())
    const names = async (): Promise<string[]> => Object.keys(await (await other.call('GET', '/v1/agent/services')).json() as object)
    t.strictSame(await names(), ['one'])
    writeFileSync(file, '{"services":[{"name":"two","port":1}]}')
    other.child.kill('SIGHUP')
    while (!(await names()).includes('two')) if (other.child.exitCode !== null) throw new Error('it ended')
    t.strictSame(await names(), ['two'])
    writeFileSync(file, '{"services":')
    other.child.kill('SIGHUP')
    while (!other.out().includes('Reload config failed')) await new Promise(resolve => setImmediate(resolve))
    t.strictSame(await names(), ['two'])
    t.equal((await other.call('PUT', '/v1/agent/reload')).status, 500)
  })

  t.test('leave over the API ends it with 0', async t => {
    const other = await startAgent({ dir })
    t.equal((await other.call('PUT', '/v1/agent/leave')).status, 200)
    t.equal(await other.ended, 0)
  })
})

t.test('a server that stood still for three TTLs marks nobody', { skip: noBuild }, async t => {
  const agent = await startAgent({ dir: t.testdir({}) })
  t.teardown(() => agent.stop())
  await agent.call('PUT', '/v1/lease', { ID: 'l', TTL: '1s', Node: 'h', Services: [{ Name: 'leased', Port: 1 }] })
  await agent.call('PUT', '/v1/agent/service/register', { Name: 'ttl', Check: { TTL: '1s', Status: 'passing' } })
  agent.child.kill('SIGSTOP')
  await new Promise(resolve => setTimeout(resolve, 3500)) // the pause is the subject
  agent.child.kill('SIGCONT')
  await agent.call('PUT', '/v1/lease/l/renew')
  await agent.call('PUT', '/v1/agent/check/pass/service:ttl')
  for (const name of ['leased', 'ttl']) {
    const [entry] = await (await agent.call('GET', `/v1/health/service/${name}`)).json() as [{ Checks: Array<{ Status: string, CreateIndex: number, ModifyIndex: number, Type: string }> }]
    const check = entry.Checks.find(c => c.Type === 'ttl')!
    t.equal(check.Status, 'passing', name)
    t.equal(check.ModifyIndex, check.CreateIndex, `${name} has never been anything else`)
  }
})

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

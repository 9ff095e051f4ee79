// The command line as a process: what only a process has, such as pipes that close, signals, and an end without anything left open.
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { startTestServer, until } from '../support/server.js'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const server = await startTestServer()
t.teardown(() => server.stop())

interface Ended { readonly code: number | null, readonly signal: string | null, readonly out: string, readonly err: string }

function roster (...argv: readonly string[]): { readonly child: ChildProcess, readonly out: () => string, readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--import=tsx', main, ...argv], { env: { ...process.env, CONSUL_HTTP_ADDR: server.url }, stdio: ['pipe', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => { out += String(chunk) })
  child.stderr.on('data', (chunk: Buffer) => { err += String(chunk) })
  return { child, out: () => out, ended: new Promise(resolve => child.once('close', (code, signal) => resolve({ code, signal, out, err }))) }
}

t.test('codes and streams', async t => {
  const [nothing, version, put] = [roster(), roster('version'), roster('kv', 'put', 'p/stdin', '-')]
  put.child.stdin!.end('from a pipe')
  t.match(await nothing.ended, { code: 127, out: '', err: /^Usage: roster/ })
  t.match(await version.ended, { code: 0, out: /^Roster v/, err: '' })
  t.match(await put.ended, { code: 0, out: 'Success! Data written to: p/stdin\n', err: '' })
  t.equal(await (await server.call('GET', '/v1/kv/p/stdin?raw')).text(), 'from a pipe')
})

t.test('a long answer comes out whole, and a reader who has seen enough ends it', async t => {
  const value = 'x'.repeat(400_000)
  for (let i = 0; i < 10; i++) await server.call('PUT', `/v1/kv/big/${i}`, value)
  const [whole, cut] = [roster('kv', 'get', '-recurse', 'big'), roster('kv', 'get', '-recurse', 'big')]
  cut.child.stdout!.once('data', () => { cut.child.stdout!.destroy() })
  const { code, out } = await whole.ended
  t.equal(code, 0)
  t.equal(out.length, 10 * (value.length + 'big/0:\n'.length))
  t.match(await cut.ended, { code: 141, err: '' }, 'as a shell tells of a broken pipe')
})

t.test('signals end what goes on, with 0', async t => {
  const [watching, monitor] = [roster('kv', 'watch', 'p/stdin'), roster('watch', '-type=key', '-key=p/stdin', 'cat; echo')]
  await until('both run', () => watching.out() !== '' && monitor.out() !== '')
  watching.child.kill('SIGINT')
  monitor.child.kill('SIGTERM')
  t.match(await watching.ended, { code: 0, signal: null, err: '' })
  t.match(await monitor.ended, { code: 0, signal: null, err: '' })
})

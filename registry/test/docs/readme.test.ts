// Law: the README's walk works as it stands. Its shell blocks run, in order, in one shell, against a registry on the ports that it names.
import t from 'tap'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const main = join(root, 'registry/dist/cli/main.js')
const has = (command: string): boolean => { try { execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }); return true } catch { return false } }
const free = (port: number): Promise<boolean> => new Promise(resolve => {
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
})
const answers = (port: number): Promise<boolean> => new Promise(resolve => {
  const socket = connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true) })
  socket.on('error', () => resolve(false))
})

const missing = ['curl', 'dig', 'awk'].filter(command => !has(command))
const taken = (await Promise.all([8500, 8600].map(free))).includes(false)
const why = !existsSync(main)
  ? 'there is no build'
  : missing.length > 0 ? `not installed: ${missing.join(', ')}` : taken ? 'port 8500 or 8600 is taken' : false

t.test('the five-minute walk', { skip: why }, async t => {
  const registry = spawn(process.execPath, [main, 'agent', '-dev'], { stdio: 'ignore' })
  const ended = new Promise(resolve => registry.once('exit', resolve))
  t.teardown(async () => { registry.kill(); await ended })
  while (!await answers(8500)) if (registry.exitCode !== null) throw new Error('the registry ended')
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(m => m[1]!)
  t.ok(blocks.length >= 5, 'there are blocks to run')
  const script = ['set -e', ...blocks].join('\n')
  const shell = spawn('bash', ['-c', script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', d => { output += String(d) })
  const code = await new Promise(resolve => shell.once('exit', resolve))
  t.equal(code, 0, output)
  t.match(output, /1 1 9000 /, 'dig shows the instance')
})

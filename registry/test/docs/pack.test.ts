// Law: what is published can be installed without install scripts, starts, and serves the README's example, which compiles as it stands.
import t from 'tap'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const built = existsSync(join(root, 'registry/dist/cli/main.js')) && existsSync(join(root, 'client-sdk/dist/api/index.d.ts'))
const freePort = (): Promise<number> => new Promise(resolve => {
  const server = createServer()
  server.listen(0, '127.0.0.1', () => { const { port } = server.address() as { port: number }; server.close(() => resolve(port)) })
})

t.test('packed, installed elsewhere, started, used', { skip: built ? false : 'there is no build', timeout: 240_000 }, async t => {
  const dir = t.testdir({ packs: {}, app: { 'package.json': JSON.stringify({ name: 'app', private: true, type: 'module' }) } })
  const app = join(dir, 'app')
  const npm = (args: string[], cwd: string): void => { execFileSync('npm', args, { cwd, stdio: 'pipe', env: { ...process.env, npm_config_update_notifier: 'false' } }) }
  npm(['pack', '-w', '@roster/client', '-w', '@roster/registry', '--pack-destination', join(dir, 'packs'), '--ignore-scripts'], root)
  const tarballs = readdirSync(join(dir, 'packs')).map(name => join(dir, 'packs', name))
  t.equal(tarballs.length, 2)
  npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], app)

  const [http, dns] = [await freePort(), await freePort()]
  const registry = spawn(join(app, 'node_modules/.bin/roster'), ['agent', '-dev', '-http-port', String(http), '-dns-port', String(dns), '-grpc-port', '-1', '-grpc-tls-port', '-1'], { cwd: app, stdio: 'ignore' })
  const ended = new Promise(resolve => registry.once('exit', resolve))
  t.teardown(async () => { registry.kill(); await ended })
  while (!await fetch(`http://127.0.0.1:${http}/v1/status/leader`).then(r => r.ok, () => false)) if (registry.exitCode !== null) throw new Error('the registry ended')

  const example = /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, 'README.md'), 'utf8'))![1]!
  writeFileSync(join(app, 'example.ts'), example)
  for (const resolution of [['--module', 'nodenext', '--moduleResolution', 'nodenext'], ['--module', 'esnext', '--moduleResolution', 'bundler']]) {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--ignoreConfig', '--strict', '--target', 'es2023', '--lib', 'es2023,esnext.disposable', '--skipLibCheck', '--typeRoots', join(root, 'node_modules/@types'), '--types', 'node', ...resolution, 'example.ts'], { cwd: app, stdio: 'pipe' })
  }
  const output = execFileSync(process.execPath, ['example.js'], { cwd: app, env: { ...process.env, ROSTER_HTTP_ADDR: `http://127.0.0.1:${http}` }, timeout: 20_000 })
  t.match(String(output), /127\.0\.0\.1 \d+ charged/)
})

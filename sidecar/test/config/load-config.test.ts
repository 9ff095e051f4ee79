// Laws of settings: flag before variable before file before default, every setting by all three ways, and one line that names the place for what cannot be used.
import t from 'tap'
import { loadConfig } from '../../src/config/load-config.js'
import type { SidecarConfig } from '../../src/config/load-config.js'
import { flagOf, optionNames, options, variableOf } from '../../src/config/options.js'
import { helpText } from '../../src/cli/help.js'
import { SidecarError } from '../../src/errors.js'

const load = (args: readonly string[], env: Record<string, string> = {}, file?: unknown): SidecarConfig => {
  const found = loadConfig({ args, env, readFile: () => { if (file === undefined) throw Object.assign(new Error('no'), { code: 'ENOENT' }); return typeof file === 'string' ? file : JSON.stringify(file) } })
  if (typeof found === 'string') throw new Error(found)
  return found
}
const problem = (args: readonly string[], env: Record<string, string> = {}, file?: unknown): { code: number, text: string } => {
  try { load(args, env, file) } catch (error) { if (error instanceof SidecarError) return { code: error.exitCode, text: error.message }; throw error }
  return { code: 0, text: '' }
}
const service = ['--service', 'x', '--port', '3000']

t.test('a flag wins over a variable, a variable over the file, the file over the default', async t => {
  const file = { service: 'f', port: 1, publicPort: 11, logLevel: 'warn', command: ['a', 'b'] }
  t.match(load(['--config', 'c.json'], {}, file), { service: 'f', port: 1, publicPort: 11, logLevel: 'warn', command: ['a', 'b'], outbound: 15001 })
  t.match(load(['--config', 'c.json', '--public-port', '33'], { ROSTER_SIDECAR_PUBLIC_PORT: '22', ROSTER_SIDECAR_LOG_LEVEL: 'debug' }, file), { publicPort: 33, logLevel: 'debug' })
  t.match(load([], { ROSTER_SIDECAR_CONFIG: 'c.json' }, file), { service: 'f' })
  t.same([...load(service).given].sort(), ['port', 'service'])
  t.match(load([...service, '--', 'node', '--version', '--', 'x']), { command: ['node', '--version', '--', 'x'] })
  t.match(load([...service, '--log-level=error']), { logLevel: 'error' })
  t.match(load(service, { ROSTER_SIDECAR_LOG_LEVEL: '' }), { logLevel: 'info' }, 'an empty variable is as if not given')
})

t.test('lists: repeated flags, commas in a variable, lists and objects in a file', async t => {
  t.match(load(['--upstream', 'payments:9001', '--upstream', 'postgres:0/tcp']), { upstream: [{ service: 'payments', port: 9001, protocol: 'http' }, { service: 'postgres', port: 0, protocol: 'tcp' }] })
  t.match(load([], { ROSTER_SIDECAR_UPSTREAM: 'a:1, b:2' }), { upstream: [{ service: 'a' }, { service: 'b' }] })
  t.match(load(['--config', 'c'], {}, { upstream: ['a:1'], meta: { version: '2' }, outbound: 'off' }), { upstream: [{ service: 'a' }], meta: [['version', '2']], outbound: 'off' })
})

t.test('units', async t => {
  t.match(load([...service, '--drain-timeout', '1.5s', '--max-header-bytes', '64k', '--idle-timeout', '2m']), { drainTimeout: 1500, maxHeaderBytes: 65536, idleTimeout: 120_000 })
})

t.test('what cannot be used: one line that names the place', async t => {
  const cases: ReadonlyArray<readonly [args: readonly string[], env: Record<string, string>, file: unknown, code: number, text: RegExp]> = [
    [['--port'], {}, undefined, 64, /^--port needs a value$/],
    [['--port', '--'], {}, undefined, 64, /^--port needs a value$/],
    [['--port', '1', '--port', '2'], {}, undefined, 64, /^--port is given twice$/],
    [['node', 'x.js'], {}, undefined, 64, /"node" is not a flag; the program to start comes after --/],
    [[...service, '--'], {}, undefined, 64, /there is no program after --/],
    [['-port', '3'], {}, undefined, 64, /is --port meant\?/],
    [[...service, '--publicport', '1'], {}, undefined, 64, /is --public-port meant\?/],
    [[...service, '--nonsense', '1'], {}, undefined, 64, /there is no flag --nonsense; see --help/],
    [[...service, '--upstream', 'x'], {}, undefined, 64, /--upstream must be NAME:PORT, such as/],
    [[...service, '--drain-timeout', '10'], {}, undefined, 0, /^$/],
    [[...service, '--drain-timeout', 'soon'], {}, undefined, 64, /--drain-timeout must be a duration such as/],
    [service, { ROSTER_SIDECAR_ADMIN: 'x' }, undefined, 64, /^ROSTER_SIDECAR_ADMIN must be a port/],
    [['--port', '3000'], {}, undefined, 64, /--port needs --service/],
    [['--service', 'x'], {}, undefined, 64, /--service needs --port/],
    [['--service', 'x', '--port', '0'], {}, undefined, 64, /--port 0 needs a program/],
    [['--service', 'x y', '--port', '1'], {}, undefined, 64, /--service must be a name/],
    [[...service, '--tls-cert', 'c'], {}, undefined, 64, /--tls-cert and --tls-key belong together/],
    [[...service, '--public-port', '3000'], {}, undefined, 64, /--public-port and --port cannot both have port 3000/],
    [['--config', 'c'], {}, undefined, 78, /^c: it cannot be read \(ENOENT\)/],
    [['--config', 'c'], {}, '{', 78, /^c: it is no JSON/],
    [['--config', 'c'], {}, [], 78, /^c: it must hold an object/],
    [['--config', 'c'], {}, { publicPort: 'x' }, 78, /^c: "publicPort" must be a port/],
    [['--config', 'c'], {}, { upstream: 'a:1' }, 78, /^c: "upstream" must be a list/],
    [['--config', 'c'], {}, { command: 'node x' }, 78, /^c: "command" must be a list of texts/],
  ]
  for (const [args, env, file, code, text] of cases) {
    const found = problem(args, env, file)
    t.equal(found.code, code, `${args.join(' ')}: ${found.text}`)
    t.match(found.text, text)
    t.notMatch(found.text, /\n/)
  }
})

t.test('every setting is in the help, with its flag, and has a variable', async t => {
  const help = helpText()
  for (const name of optionNames) {
    t.ok(help.includes(` ${flagOf(name)} `), flagOf(name))
    t.match(variableOf(name), /^ROSTER_SIDECAR_[A-Z_]+$/)
    t.ok(options[name].help.length > 10)
  }
  t.equal(loadConfig({ args: ['--help'], env: {} }), 'help')
})

// How a verb finds its server and says who it is: flags before the environment, and every file that cannot be read named in the system's words.
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commandLine } from '../support/command-line.js'
import { listen, listenHttp } from '../support/listen.js'
import { runTable } from '../support/table.js'
import type { IncomingMessage } from 'node:http'

const tls = join(import.meta.dirname, '../support/tls')

t.test('flags go before the environment, files before texts, Roster\'s names before Consul\'s', async t => {
  const seen: IncomingMessage[] = []
  const port = await listenHttp(t, (request, response) => {
    seen.push(request)
    response.setHeader('content-type', 'application/json')
    response.end('["dc1"]')
  })
  const dir = t.testdir({ flag: 'of-flag-file\n', env: 'of-env-file' })
  const address = `127.0.0.1:${port}`
  const nobody = '127.0.0.1:1'
  const token = async (argv: readonly string[], env: NodeJS.ProcessEnv): Promise<string | string[] | undefined> => {
    seen.length = 0
    t.match(await commandLine(['catalog', 'datacenters', ...argv], { env: { CONSUL_HTTP_ADDR: address, ...env } }), { code: 0, out: 'dc1\n' }, argv.join(' '))
    return seen[0]!.headers['x-consul-token']
  }
  t.equal(await token([], {}), undefined)
  t.equal(await token([`-http-addr=${address}`], { CONSUL_HTTP_ADDR: nobody, ROSTER_HTTP_ADDR: nobody }), undefined, 'the flag')
  t.equal(await token([], { CONSUL_HTTP_ADDR: nobody, ROSTER_HTTP_ADDR: address }), undefined, 'our own name')
  t.equal(await token(['-http-addr='], {}), undefined, 'empty is as if not given')
  t.equal(await token([`-http-addr=${nobody},${address}`], {}), undefined, 'several, in this order')
  t.equal(await token([], { CONSUL_HTTP_TOKEN: 'e' }), 'e')
  t.equal(await token([], { CONSUL_HTTP_TOKEN: 'e', CONSUL_HTTP_TOKEN_FILE: join(dir, 'env') }), 'of-env-file')
  t.equal(await token(['-token=f'], { CONSUL_HTTP_TOKEN: 'e', CONSUL_HTTP_TOKEN_FILE: join(dir, 'env') }), 'f')
  t.equal(await token(['-token=f', `-token-file=${join(dir, 'flag')}`], { CONSUL_HTTP_TOKEN: 'e' }), 'of-flag-file')
  await commandLine(['catalog', 'services', `-http-addr=${address}`, '-stale', '-datacenter=d', '-namespace=n'], { env: { CONSUL_PARTITION: 'p', CONSUL_HTTP_AUTH: 'me:secret' } })
  t.equal(seen.at(-1)!.url, '/v1/catalog/services?dc=d&ns=n&partition=p&stale=')
  t.equal(seen.at(-1)!.headers.authorization, `Basic ${Buffer.from('me:secret').toString('base64')}`)
})

t.test('what cannot be used is said in one line', async t => {
  const cwd = t.testdir({ folder: {} })
  const to = 'Error connecting to Consul agent: '
  await runTable(t, [
    ['catalog nodes -http-addr=ftp://x', 1, '', `${to}Unknown protocol scheme: ftp\n`],
    ['catalog nodes -token-file=none', 1, '', `${to}Error loading token file none : open none: no such file or directory\n`],
    ['catalog nodes -ca-file=none', 1, '', `${to}Error loading CA File: open none: no such file or directory\n`],
    ['catalog nodes -ca-path=none', 1, '', `${to}lstat none: no such file or directory\n`],
    ['catalog nodes -client-cert=none', 1, '', `${to}both client cert and client key must be provided\n`],
    ['catalog nodes -client-key=none', 1, '', `${to}both client cert and client key must be provided\n`],
    ['catalog nodes -client-cert=none -client-key=none', 1, '', `${to}open none: no such file or directory\n`],
    ['catalog nodes -http-addr=unix:///nowhere/s', 1, '', 'Error listing nodes: Get "http://localhost/v1/catalog/nodes": dial unix /nowhere/s: connect: no such file or directory\n'],
    ['catalog nodes -http-addr=127.0.0.1:1', 1, '', 'Error listing nodes: Get "http://127.0.0.1:1/v1/catalog/nodes": dial tcp 127.0.0.1:1: connect: connection refused\n'],
  ], { cwd })
  t.match(await commandLine(['catalog', 'nodes'], { env: { CONSUL_HTTP_SSL: 'perhaps' } }), { code: 1, out: '', err: `${to}CONSUL_HTTP_SSL is "perhaps", not true or false\n` })
})

t.test('TLS: an unknown authority is refused, a named one trusted, by file and by folder', async t => {
  const server = createTlsServer({ cert: readFileSync(join(tls, 'localhost.crt')), key: readFileSync(join(tls, 'localhost.key')) }, (_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end('["dc1"]')
  })
  const port = await listen(t, server)
  const dir = t.testdir({ cas: { 'ca.pem': readFileSync(join(tls, 'ca.crt'), 'utf8') } })
  const ask = (...argv: readonly string[]) => commandLine(['catalog', 'datacenters', `-http-addr=https://localhost:${port}`, ...argv])
  t.match(await ask(), { code: 1, out: '', err: /tls: failed to verify certificate: x509: certificate signed by unknown authority\n$/ })
  t.match(await ask(`-ca-file=${join(tls, 'ca.crt')}`), { code: 0, out: 'dc1\n' })
  t.match(await ask(`-ca-path=${join(dir, 'cas')}`), { code: 0, out: 'dc1\n' })
  t.match(await commandLine(['catalog', 'datacenters', `-http-addr=localhost:${port}`, `-ca-path=${join(dir, 'cas')}`], { env: { CONSUL_HTTP_SSL: 'true', CONSUL_CACERT: '/none' } }), { code: 0, out: 'dc1\n' }, 'a folder by flag counts over a file by environment')
  t.match(await ask(`-ca-file=${join(tls, 'ca.crt')}`, '-tls-server-name=elsewhere.example'), { code: 1, err: /x509/ })
  const plain = await listen(t, createServer((_, response) => response.end()))
  t.match(await commandLine(['catalog', 'datacenters', `-http-addr=https://127.0.0.1:${plain}`]), { code: 1, err: /: http: server gave HTTP response to HTTPS client\n$/ })
})

t.test('a server that answers garbage is told, not believed', async t => {
  const answers: ReadonlyArray<readonly [body: string, type: string]> = [['<html>', 'text/html'], ['{"cut":', 'application/json'], ['5', 'application/json'], ['', 'application/json']]
  for (const [body, type] of answers) {
    const port = await listenHttp(t, (_, response) => {
      response.setHeader('content-type', type)
      response.end(body)
    })
    for (const verb of [['members'], ['info'], ['catalog', 'nodes'], ['kv', 'get', '-keys'], ['checks', 'ls'], ['resolve', 'web'], ['maint'], ['operator', 'raft', 'list-peers']]) {
      const { code, out, err } = await commandLine([...verb, `-http-addr=127.0.0.1:${port}`])
      t.equal(code, 1, `${verb.join(' ')}: ${body}`)
      t.equal(out, '')
      t.match(err, /^[^\n]+\n$/, `${verb.join(' ')}: one line`)
    }
  }
})

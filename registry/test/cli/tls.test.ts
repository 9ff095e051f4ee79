// Authorities and certificates: a real handshake takes them, and what is there is never written over.
import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { connect, createServer, type TLSSocket } from 'node:tls'
import t from 'tap'
import fc from 'fast-check'
import { elements, integer, octets, oid, sequence, time } from '../../src/cli/tls/der.js'
import { commandLine, words } from '../support/command-line.js'
import { listen } from '../support/listen.js'
import { runTable } from '../support/table.js'

const USING = '==> Using consul-agent-ca.pem and consul-agent-ca-key.pem\n'
const WARNING = /^==> WARNING: Server Certificates grants authority to become a\n {4}server and access all state/

t.test('words, files and codes', async t => {
  const cwd = t.testdir({ 'text.pem': 'no certificate' })
  await runTable(t, [
    ['tls', 1, '', /^Usage: roster tls <subcommand> <subcommand> \[options\]\n/],
    ['tls ca', 1, '', /^Usage: roster tls ca <subcommand>/],
    ['tls cert create', 1, '', 'Please provide either -server, -client, or -cli\n'],
    ['tls cert create -server -client', 1, '', 'Please provide either -server, -client, or -cli\n'],
    ['tls cert create -client -node=x', 1, '', '-node requires -server\n'],
    ['tls cert create -client', 1, '', 'Error reading CA: open consul-agent-ca.pem: no such file or directory\n'],
    ['tls ca create -days=0', 1, '', '-days must be above 0\n'],
    ['tls ca create -days=x', 1, '', /^invalid value "x" for flag -days: parse error\n/],
    ['tls ca create', 0, '==> Saved consul-agent-ca.pem\n==> Saved consul-agent-ca-key.pem\n'],
    ['tls ca create', 1, '', 'consul-agent-ca.pem already exists.\n'],
    ['tls cert create -client', 0, `${USING}==> Saved dc1-client-consul-0.pem\n==> Saved dc1-client-consul-0-key.pem\n`],
    ['tls cert create -client', 0, `${USING}==> Saved dc1-client-consul-1.pem\n==> Saved dc1-client-consul-1-key.pem\n`],
    ['tls cert create -cli', 0, `${USING}==> Saved dc1-cli-consul-0.pem\n==> Saved dc1-cli-consul-0-key.pem\n`],
    ['tls cert create -server -dc=dc2 -node=n1', 0, WARNING],
    ['tls cert create -client -days=-1', 1, '', '-days must be above 0\n'],
    ['tls cert create -client -additional-ipaddress=z', 1, '', 'invalid IP address "z"\n'],
    ['tls cert create -client -additional-dnsname=ü', 1, '', 'invalid DNS name "ü"\n'],
    ['tls cert create -client -ca=text.pem', 1, '', 'Error reading CA: text.pem holds none\n'],
    ['tls cert create -client -key=text.pem', 1, '', 'Error reading CA key: text.pem holds none\n'],
    ['tls cert create -client -ca=dc1-cli-consul-0.pem -key=dc1-cli-consul-0-key.pem', 1, '', 'dc1-cli-consul-0.pem is not the certificate of an authority\n'],
    ['tls cert create -client -key=dc1-cli-consul-0-key.pem', 1, '', 'dc1-cli-consul-0-key.pem is not the key of consul-agent-ca.pem\n'],
  ], { cwd })
  t.equal(statSync(join(cwd, 'consul-agent-ca-key.pem')).mode & 0o777, 0o600, 'a key is its owner\'s alone')
  t.equal(statSync(join(cwd, 'dc1-client-consul-0-key.pem')).mode & 0o777, 0o600)
  const ca = new X509Certificate(readFileSync(join(cwd, 'consul-agent-ca.pem')))
  t.ok(ca.ca && ca.verify(ca.publicKey))
  t.equal(Math.round((Date.parse(ca.validTo) - Date.parse(ca.validFrom)) / 86_400_000), 1825)
  const names = (file: string): string | undefined => new X509Certificate(readFileSync(join(cwd, file))).subjectAltName
  t.equal(names('dc2-server-consul-0.pem'), 'DNS:n1.server.dc2.consul, DNS:server.dc2.consul, DNS:localhost, IP Address:127.0.0.1')
  t.equal(names('dc1-client-consul-0.pem'), 'DNS:client.dc1.consul, DNS:localhost, IP Address:127.0.0.1')
  t.equal(names('dc1-cli-consul-0.pem'), 'DNS:cli.dc1.consul, DNS:localhost')
})

t.test('both sides of a handshake believe one another', async t => {
  const cwd = t.testdir({})
  for (const line of ['tls ca create -cluster-id=abc', 'tls cert create -server', 'tls cert create -client', 'tls ca create -domain=other', 'tls cert create -client -domain=other', 'tls ca create -domain=narrow -name-constraint', 'tls cert create -server -domain=narrow', 'tls cert create -server -domain=narrow -additional-dnsname=example.org']) {
    t.equal((await commandLine(words(line), { cwd })).code, 0, line)
  }
  const pem = (name: string): Buffer => readFileSync(join(cwd, name))
  const pair = (name: string): { cert: Buffer, key: Buffer } => ({ cert: pem(`${name}.pem`), key: pem(`${name}-key.pem`) })
  const handshake = async (server: string, client: string, ca: string): Promise<string> => {
    const port = await listen(t, createServer({ ...pair(server), ca: pem('consul-agent-ca.pem'), requestCert: true, rejectUnauthorized: true }, socket => { socket.end('hello') }))
    return await new Promise(resolve => {
      const socket: TLSSocket = connect({ port, host: 'localhost', ca: pem(ca), ...pair(client) })
      let said = ''
      socket.on('data', chunk => { said += String(chunk) })
      socket.once('error', error => resolve((error as NodeJS.ErrnoException).code ?? error.message))
      socket.once('close', () => resolve(said))
    })
  }
  t.equal(await handshake('dc1-server-consul-0', 'dc1-client-consul-0', 'consul-agent-ca.pem'), 'hello')
  t.not(await handshake('dc1-server-consul-0', 'dc1-client-other-0', 'consul-agent-ca.pem'), 'hello', 'a client of another authority')
  t.not(await handshake('dc1-server-consul-0', 'dc1-client-consul-0', 'other-agent-ca.pem'), 'hello', 'a server of another authority')
  t.equal(await handshake('dc1-server-narrow-0', 'dc1-client-consul-0', 'narrow-agent-ca.pem'), 'hello', 'names within the constraint')
  t.not(await handshake('dc1-server-narrow-1', 'dc1-client-consul-0', 'narrow-agent-ca.pem'), 'hello', 'a name beyond it')
})

t.test('DER: what is written is read back', t => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), parts => {
    const [whole, ...more] = elements(sequence(...parts.map(octets)))
    t.equal(more.length, 0)
    t.strictSame(elements(whole!.content).map(({ content }) => [...content]), parts.map(part => [...part]))
  }), { seed: 3, numRuns: 40 })
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 160n }), number => {
    const { content } = elements(integer(Buffer.from(number.toString(16).padStart(42, '0'), 'hex')))[0]!
    t.equal(BigInt(`0x${content.toString('hex')}`), number)
    t.ok(content[0]! < 0x80, 'never negative')
    t.notOk(content.length > 1 && content[0] === 0 && content[1]! < 0x80, 'never longer than it must be')
  }), { seed: 5, numRuns: 40 })
  t.equal(oid('1.2.840.113549.1.1.11').toString('hex'), '06092a864886f70d01010b')
  t.equal(time(new Date('2049-12-31T23:59:59Z')).toString('latin1', 2), '491231235959Z')
  t.equal(time(new Date('2050-01-01T00:00:00Z')).toString('latin1', 2), '20500101000000Z')
  for (const bad of ['30', '3005aa', '3080', '308500000000']) t.throws(() => elements(Buffer.from(bad, 'hex')), RangeError, bad)
  t.end()
})

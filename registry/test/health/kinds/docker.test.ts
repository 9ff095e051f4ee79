// Laws of docker checks, against a daemon that is made up: the exec's exit code is the status, what it prints the output, and each call's refusal reads as it should.
import t from 'tap'
import { createServer } from 'node:http'
import { join } from 'node:path'
import fc from 'fast-check'
import { RawStream } from '../../../src/health/kinds/docker/raw-stream.js'
import { outcome } from '../../support/check-run.js'

const framed = (stream: number, text: string): Buffer => {
  const head = Buffer.alloc(8)
  head[0] = stream
  head.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([head, Buffer.from(text)])
}

/** Containers by what they do: exit codes, or the call that fails. */
async function daemon (t: { teardown (fn: () => unknown): void, testdir (): string }) {
  const calls: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => { body += chunk }).on('end', () => {
      calls.push(`${request.method} ${request.url} ${body}`)
      const json = (status: number, value: unknown): void => { response.writeHead(status).end(JSON.stringify(value)) }
      const [, , id = '', what] = request.url!.split('/')
      if (request.url!.startsWith('/containers/')) {
        if (id === 'unknown') return json(404, { message: 'no such container' })
        if (id === 'paused') return json(409, {})
        if (id === 'error') return json(500, { message: 'boom' })
        if (id === 'junk') return response.writeHead(201).end('junk')
        return json(201, { Id: id })
      }
      if (what === 'start') {
        if (id === 'start404') return json(404, {})
        if (id === 'start409') return json(409, {})
        if (id === 'start500') return json(500, { message: 'x' })
        if (id === 'slow') return undefined
        if (id === 'bare') return response.end('bare words')
        return response.end(Buffer.concat([framed(1, 'out '), framed(2, 'err '), framed(1, id)]))
      }
      if (id === 'inspect404') return json(404, {})
      if (id === 'inspect500') return json(500, {})
      return json(200, { ExitCode: id === 'one' ? 1 : id === 'two' ? 2 : 0 })
    })
  })
  const socket = join(t.testdir(), 'd.sock')
  await new Promise<void>(resolve => server.listen(socket, resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { calls, check: (dockerContainerId: string, timeoutMs = 5000) => outcome({ dockerContainerId, args: ['check', 'me'] }, { dockerHost: `unix://${socket}`, timeoutMs }) }
}

t.test('exit codes and what is printed', async t => {
  const { calls, check } = await daemon(t)
  t.equal(await check('fine'), 'passing: out err fine')
  t.strictSame(calls, [
    'POST /containers/fine/exec {"AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"Tty":false,"Cmd":["check","me"]}',
    'POST /exec/fine/start {"Detach":false,"Tty":false}',
    'GET /exec/fine/json ',
  ])
  t.equal(await check('one'), 'warning: out err one')
  t.equal(await check('two'), 'critical: out err two')
  t.equal(await check('bare'), 'passing: bare words')
  t.equal(await check('slow', 50), 'critical: Timed out (50ms) running check')
})

t.test('refusals', async t => {
  const { check } = await daemon(t)
  for (const [container, text] of [
    ['unknown', 'create exec failed for unknown container unknown'],
    ['paused', 'create exec failed since container paused is paused or stopped'],
    ['error', 'create exec failed for container error with status 500: {"message":"boom"}'],
    ['junk', "create exec response for container junk cannot be parsed: invalid character 'j' looking for beginning of value"],
    ['start404', 'start exec failed for container start404: invalid exec id start404'],
    ['start409', 'start exec failed since container start409 is paused or stopped'],
    ['start500', 'start exec failed for container start500 with status 500: body: {"message":"x"} err: <nil>'],
    ['inspect404', 'inspect exec failed for container inspect404: invalid exec id inspect404'],
    ['inspect500', 'inspect exec failed for container inspect500 with status 500: {}'],
  ] as const) t.equal(await check(container), `critical: ${text}`)
})

t.test('no daemon', async t => {
  const socket = join(t.testdir({}), 'none.sock')
  t.equal(await outcome({ dockerContainerId: 'c', args: ['x'] }, { dockerHost: `unix://${socket}` }), `critical: create exec failed for container c: Post "http://${encodeURIComponent(socket)}/containers/c/exec": dial unix ${socket}: connect: no such file or directory`)
})

t.test('frames are taken off however they are cut, and bare text stays as it is', async () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom(1, 2), fc.string({ maxLength: 20 }))), fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), (parts, cuts) => {
    const bytes = Buffer.concat(parts.map(([stream, text]) => framed(stream, text)))
    return through(bytes, cuts) === parts.map(([, text]) => text).join('')
  }), { seed: 15, numRuns: 200 })
  fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), (text, cuts) => through(Buffer.from(text), cuts) === text), { seed: 16, numRuns: 100 })
})

function through (bytes: Buffer, cuts: readonly number[]): string {
  const out: Buffer[] = []
  const stream = new RawStream(chunk => out.push(Buffer.from(chunk)))
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = cuts[i % cuts.length]!
    stream.write(bytes.subarray(at, at + size))
    at += size
  }
  stream.end()
  return Buffer.concat(out).toString()
}

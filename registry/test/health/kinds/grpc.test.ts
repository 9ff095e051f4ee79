// Laws of gRPC checks: only SERVING is passing; every other answer, and every way in which there is none, is critical in the words of Go's client.
import t from 'tap'
import fc from 'fast-check'
import { createSecureServer, createServer, type ServerHttp2Stream } from 'node:http2'
import { decodeResponse, encodeRequest } from '../../../src/health/kinds/grpc/health-frames.js'
import { outcome, tlsFile } from '../../support/check-run.js'
import { freePort, listen, listenRaw } from '../../support/listen.js'

const frame = (...message: number[]): Buffer => Buffer.from([0, 0, 0, 0, message.length, ...message])

/** Answers by the name of the service that is asked for. */
const ANSWERS: Readonly<Record<string, (stream: ServerHttp2Stream) => void>> = {
  '': stream => reply(stream, frame(8, 1)),
  'a/b': stream => reply(stream, frame(8, 1)),
  later: stream => reply(stream, frame(0x12, 2, 7, 7, 8, 1, 0x19, 0, 0, 0, 0, 0, 0, 0, 0)),
  down: stream => reply(stream, frame(8, 2)),
  unknown: stream => reply(stream, frame()),
  none: stream => reply(stream, frame(8, 3)),
  odd: stream => reply(stream, frame(8, 9)),
  empty: stream => reply(stream, Buffer.alloc(0)),
  broken: stream => reply(stream, frame(8)),
  huge: stream => reply(stream, Buffer.alloc(1 << 20)),
  missing: stream => stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5', 'grpc-message': 'no%20such' }, { endStream: true }),
  strange: stream => stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '99', 'grpc-message': '%zz' }, { endStream: true }),
  html: stream => {
    stream.respond({ ':status': 404, 'content-type': 'text/html' })
    stream.end('nope')
  },
  bare: stream => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    stream.end(frame(8, 1))
  },
  reset: stream => stream.close(2),
  never: () => {},
}

function reply (stream: ServerHttp2Stream, body: Buffer): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(body)
}

const heads: unknown[] = []

function serve (stream: ServerHttp2Stream, head: unknown): void {
  heads.push(head)
  const chunks: Buffer[] = []
  stream.on('error', () => {}).on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => ANSWERS[Buffer.concat(chunks).subarray(7).toString()]!(stream))
}

t.test('answers', async t => {
  const server = createServer().on('stream', serve)
  const at = `127.0.0.1:${await listen(t, server)}`
  for (const [target, text] of [
    [at, `passing: gRPC check ${at}: success`],
    [`${at}/`, `passing: gRPC check ${at}/: success`],
    [`${at}/a/b`, `passing: gRPC check ${at}/a/b: success`],
    [`${at}/later`, `passing: gRPC check ${at}/later: success`],
    [`${at}/down`, `critical: gRPC ${at}/down serving status: NOT_SERVING`],
    [`${at}/unknown`, `critical: gRPC ${at}/unknown serving status: UNKNOWN`],
    [`${at}/none`, `critical: gRPC ${at}/none serving status: SERVICE_UNKNOWN`],
    [`${at}/odd`, `critical: gRPC ${at}/odd serving status: 9`],
    [`${at}/empty`, 'critical: EOF'],
    [`${at}/broken`, 'critical: rpc error: code = Internal desc = grpc: failed to unmarshal the received message'],
    [`${at}/missing`, 'critical: rpc error: code = NotFound desc = no such'],
    [`${at}/strange`, 'critical: rpc error: code = Code(99) desc = %zz'],
    [`${at}/html`, 'critical: rpc error: code = Unimplemented desc = unexpected HTTP status code received from server: 404 (Not Found); transport: received unexpected content-type "text/html"'],
    [`${at}/bare`, 'critical: rpc error: code = Internal desc = server closed the stream without sending trailers'],
    [`${at}/reset`, 'critical: rpc error: code = Internal desc = stream terminated by RST_STREAM with error code: INTERNAL_ERROR'],
  ] as const) t.equal(await outcome({ grpc: target }), text)
  t.match(await outcome({ grpc: `${at}/huge` }), /^critical: rpc error: code = ResourceExhausted/)
  t.equal(await outcome({ grpc: `${at}/never` }, { timeoutMs: 100 }), 'critical: rpc error: code = DeadlineExceeded desc = context deadline exceeded')
  t.match(heads[0], { ':method': 'POST', ':path': '/grpc.health.v1.Health/Check', ':scheme': 'http', ':authority': at, 'content-type': 'application/grpc', te: 'trailers' })
})

t.test('TLS, and what is no gRPC server', async t => {
  const secure = `127.0.0.1:${await listen(t, createSecureServer({ key: tlsFile('localhost.key'), cert: tlsFile('localhost.crt') }).on('stream', serve))}`
  const free = `127.0.0.1:${await freePort()}`
  const http1 = `127.0.0.1:${await listenRaw(t, socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))}`
  const silent = `127.0.0.1:${await listenRaw(t, () => {})}`
  const dialing = 'rpc error: code = Unavailable desc = connection error: desc = '
  t.equal(await outcome({ grpc: secure, grpcUseTls: true }), `passing: gRPC check ${secure}: success`)
  t.equal(await outcome({ grpc: secure, grpcUseTls: true, tlsServerName: 'x.example' }), `critical: ${dialing}"transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate is valid for localhost, not x.example"`)
  t.equal(await outcome({ grpc: free }), `critical: ${dialing}"transport: Error while dialing: dial tcp ${free}: connect: connection refused"`)
  t.equal(await outcome({ grpc: 'no-port' }), `critical: ${dialing}"transport: Error while dialing: dial tcp: address no-port: missing port in address"`)
  t.equal(await outcome({ grpc: http1 }), `critical: ${dialing}"error reading server preface: http2: frame too large"`)
  t.equal(await outcome({ grpc: silent }, { timeoutMs: 100 }), 'critical: rpc error: code = DeadlineExceeded desc = context deadline exceeded while waiting for connections to become ready')
})

t.test('frames: a name of any length, a status of any encoding, and no bytes that throw', async () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), service => {
    const bytes = encodeRequest(service)
    const name = Buffer.from(service)
    return bytes.readUInt32BE(1) === bytes.length - 5 && bytes.subarray(bytes.length - name.length).equals(name)
  }), { seed: 13, numRuns: 100 })
  fc.assert(fc.property(fc.uint8Array({ maxLength: 30 }), bytes => {
    const status = decodeResponse(Buffer.concat([frame(...bytes)]))
    decodeResponse(Buffer.from(bytes))
    return status === undefined || status >= 0
  }), { seed: 14, numRuns: 500 })
})

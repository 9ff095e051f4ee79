// Laws of heads and bodies over any bytes and any way of cutting them.

import fc from 'fast-check'
import t from 'tap'
import { Body } from '../../src/wire/body.js'
import { headEnd } from '../../src/wire/head-end.js'
import { parseRequestHead } from '../../src/wire/request-head.js'
import { parseResponseHead } from '../../src/wire/response-head.js'

const LIMITS = { fields: 100, targetBytes: 16_384 }

/** Feeds pieces one after the other. @returns what was let through, the content, and how it ended */
function read (pieces: readonly Buffer[]): { readonly passed: string, readonly content: string, readonly end: string } {
  const body = new Body('chunked', 0)
  let passed = ''
  let content = ''
  for (const piece of pieces) {
    if (body.done || body.fault !== undefined) break
    body.feed(piece, 0, (bytes, from, to) => { content += bytes.toString('latin1', from, to) })
    passed += piece.toString('latin1', 0, body.passEnd)
  }
  return { passed, content, end: body.fault?.reason ?? (body.done ? 'done' : 'more') }
}

const cut = (bytes: Buffer, at: readonly number[]): Buffer[] => {
  const marks = [0, ...[...new Set(at.map(n => n % (bytes.length + 1)))].sort((a, b) => a - b), bytes.length]
  return marks.slice(1).map((to, i) => bytes.subarray(marks[i], to))
}
const chunks = fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.constantFrom('', ';a', ';a="b c"')), { maxLength: 6 })

t.test('a chunked body is the same however it is cut', async t => {
  fc.assert(fc.property(chunks, fc.array(fc.nat(500), { maxLength: 8 }), (parts, at) => {
    const wire = Buffer.concat([...parts.map(([data, extension]) => Buffer.concat([Buffer.from(`${data.length.toString(16)}${extension}\r\n`), data, Buffer.from('\r\n')])), Buffer.from('0\r\n\r\n')])
    const { passed, content, end } = read(cut(wire, at))
    const whole = wire.toString('latin1')
    return end === 'done' && content === Buffer.concat(parts.map(([data]) => data)).toString('latin1') && (passed === whole || `${passed}\r\n` === whole)
  }))
})

t.test('what is no chunked body is found out at the same place however it is cut', async t => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('0', '5', 'a', '\r', '\n', '\r\n', ';', ' ', 'x', '5\r\nhello\r\n', '0\r\n\r\n'), maxLength: 12 }), fc.array(fc.nat(80), { maxLength: 6 }), (text, at) => {
    const wire = Buffer.from(text, 'latin1')
    const whole = read([wire])
    const pieces = read(cut(wire, at))
    return whole.end === pieces.end && whole.content === pieces.content
  }), { numRuns: 500 })
})

t.test('no bytes are too much for the parsers', async t => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: fc.constantFrom('GET ', '/', ' HTTP/1.1', 'HTTP/1.1 200 OK', '\r\n', ':', 'Host: a', 'Content-Length: 1', ' ', '\0', 'é'), maxLength: 20 }).map(text => Buffer.from(text, 'latin1')))
  fc.assert(fc.property(bytes, raw => {
    const wire = Buffer.concat([raw, Buffer.from('\r\n\r\n')])
    const end = headEnd(wire, 0, 0, { headBytes: 32_768, targetBytes: 16_384 })
    if (typeof end !== 'number' || end < 0) return true
    const request = parseRequestHead(wire, 0, end, LIMITS)
    const response = parseResponseHead(wire, 0, end, 100, { method: 'GET', upgrade: undefined })
    return typeof request === 'object' && typeof response === 'object'
  }), { numRuns: 1000 })
})

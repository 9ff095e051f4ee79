// Run by package/package.test.ts on each Node there is, against what is shipped: Node's own fetch (undici 6 in Node 20 and 22, 7 in 24, 8 in 26) with our dispatcher, and our fetch with Node's.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { setGlobalDispatcher } from 'undici'
import { createTestRegistry } from '../../dist/testing/index.js'

const server = createServer((request, response) => {
  let text = ''
  request.on('data', chunk => { text += chunk }).on('end', () => response.setHeader('x-twice', ['a', 'b']).end(`${request.method} ${request.url} ${request.headers.host} ${text}`))
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address()
const registry = createTestRegistry()
registry.set('payments', [{ id: 'a', port }])
const roster = registry.client()
const dispatcher = roster.dispatcher()

const text = async response => `${response.status} ${await response.text()}`
const origin = 'http://payments.service.roster'
const own = globalThis.fetch
assert.equal(await text(await own(`${origin}/a?b=1`, { dispatcher })), '200 GET /a?b=1 payments.service.roster ')
assert.equal(await text(await own(`${origin}/`, { dispatcher, method: 'POST', body: 'pay' })), '200 POST / payments.service.roster pay')
assert.equal(await text(await own(`${origin}/`, { dispatcher, method: 'POST', duplex: 'half', body: new ReadableStream({ start (controller) { controller.enqueue(new TextEncoder().encode('stream')); controller.close() } }) })), '200 POST / payments.service.roster stream')
assert.match(await text(await own(`http://127.0.0.1:${port}/elsewhere`, { dispatcher })), /^200 GET \/elsewhere/)
await assert.rejects(own(`${origin}/`, { dispatcher, signal: AbortSignal.abort() }), { name: 'AbortError' })
const theirs = globalThis[Symbol.for('undici.globalDispatcher.1')]
if (theirs !== undefined) assert.match(await text(await roster.service('payments').fetch('/', { dispatcher: { dispatch: (options, handler) => theirs.dispatch({ ...options, origin: `http://127.0.0.1:${port}` }, handler) } })), /^200 GET \/ /)
setGlobalDispatcher(dispatcher)
assert.match(await text(await own(`${origin}/global`)), /^200 GET \/global/)
if (process.features.require_module === true) assert.equal(typeof createRequire(import.meta.url)('../../dist/index.js').createClient, 'function', 'usable from CommonJS')
await roster.close()
server.closeAllConnections()
server.close()
console.log(`fine on ${process.version}, undici ${process.versions.undici}${process.features.require_module === true ? ', and by require' : ''}`)

// A server process that registers itself and behaves as it is told by messages. Arguments: REGISTRY OPTIONS. See fleet.ts.
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { createClient } from '../../src/index.js'
import type { RegisterOptions } from '../../src/index.js'
import type { Behaviour } from './fleet.js'

const [registry, options] = process.argv.slice(2) as [string, string]
let behaviour: Behaviour = { kind: 'well', ms: 5 }
let seen = 0
/** For `bounded`: work that waits for a slot. */
const queue: ServerResponse[] = []
let busy = 0

const BODY = 'x'.repeat(2000)
const whole = (response: ServerResponse) => response.end(JSON.stringify({ id: me.id, body: BODY }))

function work (response: ServerResponse, ms: number): void {
  busy++
  setTimeout(() => {
    busy--
    whole(response)
    const next = queue.shift()
    if (next !== undefined) work(next, ms)
  }, ms)
}

const server = createServer((request, response) => {
  seen++
  request.resume().on('end', () => {
    switch (behaviour.kind) {
      case 'well': setTimeout(whole, behaviour.ms, response); break
      case 'failing': response.writeHead(503).end(); break
      case 'silent': break
      case 'dies': process.kill(process.pid, 'SIGKILL'); break
      case 'cuts':
        response.writeHead(200, { 'content-length': 10_000 }).write('{"id":"', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 5))
        break
      case 'bounded':
        if (busy < behaviour.slots) work(response, behaviour.ms)
        else if (queue.length < behaviour.queue) queue.push(response)
        else response.writeHead(503).end()
    }
  })
})
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
const roster = createClient({ address: registry, cacheDir: false, onWarning: () => {} })
const me = await roster.register({ name: 'web', server, ...JSON.parse(options) as Partial<RegisterOptions> })
process.on('message', (message: Behaviour | 'count') => {
  if (message === 'count') process.send!({ seen })
  else { behaviour = message; process.send!({ behaves: message.kind }) }
})
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.send!({ id: me.id, port: me.port })

// See member-process.ts. Arguments: REGISTRY OPTIONS stay|leave
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from '../../src/index.js'
import type { RegisterOptions } from '../../src/index.js'

const [registry, options, last] = process.argv.slice(2) as [string, string, string]
const server = createServer((_request, response) => { setTimeout(() => response.end(String(process.pid)), 5) })
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
const roster = createClient({ address: registry, cacheDir: false, onWarning: message => console.log(`warning ${message}`) })
const me = await roster.register({ name: 'web', server, ...JSON.parse(options) as Partial<RegisterOptions> })
me.onDrain(() => { console.log('drained') })
console.log(`registered ${JSON.stringify({ id: me.id, port: (server.address() as AddressInfo).port })}`)
if (last === 'leave') {
  await me.deregister()
  await roster.close()
  server.close()
  console.log('left')
}

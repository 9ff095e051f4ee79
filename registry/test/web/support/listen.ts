// A server on a port of the system's choosing.
import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'

export async function listen (t: { teardown (fn: () => unknown): void }, server: Server): Promise<string> {
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { server.closeAllConnections(); server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

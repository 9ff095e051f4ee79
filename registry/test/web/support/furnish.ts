// What the page's tests show: a small cluster in which strangers wrote markup wherever they can write.
import type { TestServer } from '../../support/server.js'

export const XSS = '<img src=x onerror=alert(1)>"\'><script>alert(2)</script>'

export async function furnish (server: TestServer): Promise<void> {
  await server.call('PUT', '/v1/lease', { ID: 'l1', TTL: '1h', Node: 'n1', Services: [{ Name: 'web', ID: 'web-1', Port: 80, Tags: ['v1', XSS], Meta: { owner: XSS, version: '1' } }, { Name: 'api', ID: 'api-1', Port: 80 }] })
  await server.call('PUT', '/v1/lease/l1/status', { Status: 'critical', Output: XSS, ServiceIDs: ['api-1'] })
  await server.call('PUT', '/v1/catalog/register', { Node: 'n2', Address: '10.0.0.1', Service: { ID: XSS, Service: XSS, Port: 1 } })
  await server.call('PUT', '/v1/lease/l1/edges', { WindowMs: 5000, Edges: [{ From: 'web', To: 'api', Requests: 5, Errors: 1, Latency: [0, 0, 5], Ejected: [XSS] }, { From: XSS, To: 'web', Requests: 1 }] })
  await server.call('PUT', `/v1/kv/app/${encodeURIComponent(XSS)}`, XSS)
  await server.call('PUT', '/v1/kv/app/settings', '{"a":1}')
  const { ID } = await (await server.call('PUT', '/v1/session/create', { Name: XSS })).json() as { ID: string }
  await server.call('PUT', `/v1/kv/app/lock?acquire=${ID}`, 'x')
}

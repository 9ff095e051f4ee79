// Laws of the page, in a real browser: one WebSocket, everything live.
import t from 'tap'
import { instance, startTestServer } from '../support/server.js'
import { NO_BROWSER, browser, chromiumPath, openPage } from './support/browser.js'

t.test('services come, change and go on the screen over one WebSocket', { skip: chromiumPath === undefined && NO_BROWSER }, async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  await server.call('PUT', '/v1/catalog/register', instance('n1', 'web'))
  const running = await browser(t)
  const { page } = await openPage(t, running, 'about:blank')
  let sockets = 0
  page.on('websocket', () => { sockets++ })
  const opened = page.waitForEvent('websocket')
  await page.goto(`${server.url}/`)
  await opened
  t.equal(page.url(), `${server.url}/ui/`)
  await page.goto(`${server.url}/ui/services`)
  await page.getByText('web').first().waitFor()
  await server.call('PUT', '/v1/catalog/register', instance('n1', 'orders'))
  await page.getByText('orders').waitFor()
  await server.call('PUT', '/v1/catalog/deregister', { Node: 'n1', ServiceID: 'web-n1' })
  await page.getByText('web').waitFor({ state: 'detached' })
  t.equal(sockets, 2, 'one a document')
})

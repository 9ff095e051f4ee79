// Laws of the page as it is used, in a real browser: keys lead everywhere; a registry that goes away is said to be away, and comes back; writes go to the owner, after a question; pages of
// other origins can do nothing; ten thousand rows are few in the document; the first view is small.
import t from 'tap'
import { createServer } from 'node:http'
import { brotliCompressSync } from 'node:zlib'
import { startTestServer, until } from '../support/server.js'
import { furnish } from './support/furnish.js'
import { listen } from './support/listen.js'
import { NO_BROWSER, browser, chromiumPath, openPage } from './support/browser.js'

const skip = chromiumPath === undefined && NO_BROWSER

t.test('keys lead everywhere, the URL holds what is seen', { skip }, async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  await furnish(server)
  const { page } = await openPage(t, await browser(t), `${server.url}/ui/`)
  await page.locator('.panel').first().waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page.getByRole('grid', { name: 'Services' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('api')
  await page.waitForURL(/q=api/)
  await until('one is left', async () => await page.locator('.all .row').count() === 1)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/ui\/services\/.+/)
  await page.goBack()
  await page.getByRole('grid', { name: 'Services' }).waitFor()
})

t.test('a registry that goes away is said to be away, with the age of what is shown; it comes back by itself', { skip }, async t => {
  const first = await startTestServer()
  await furnish(first)
  const { page } = await openPage(t, await browser(t), `${first.url}/ui/services`, { quiet: true })
  await page.getByText('web', { exact: true }).waitFor()
  await first.stop()
  await page.getByText(/connection lost; what is shown is \d+ s old/).waitFor()
  t.ok(await page.getByText('web', { exact: true }).isVisible(), 'what was known is still shown')
  const second = await startTestServer({ config: { ports: { http: first.port } } })
  t.teardown(() => second.stop())
  await second.call('PUT', '/v1/catalog/register', { Node: 'n1', Address: '10.0.0.1', Service: { Service: 'fresh' } })
  await page.locator('.status.live').waitFor()
  await page.getByText('fresh').waitFor()
  t.equal(await page.getByText('web', { exact: true }).count(), 0, 'what another history had is forgotten')
})

t.test('writes ask first, go to the owner, and are not there in a page that only shows', { skip }, async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  await furnish(server)
  const running = await browser(t)
  const { page } = await openPage(t, running, `${server.url}/ui/services/web?at=n1%2Fweb-1`)
  await page.getByRole('button', { name: 'Drain' }).click()
  await page.getByText('Its lease is told “draining”').waitFor()
  t.equal(server.roster.state.leases.byId.get('l1')!.value.words['web-1'], undefined, 'nothing before the answer')
  await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click()
  await until('the lease was told', () => server.roster.state.leases.byId.get('l1')!.value.words['web-1']?.status === 'draining')
  await page.goto(`${server.url}/ui/kv?prefix=app%2F&key=app%2Fsettings`)
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('textbox', { name: 'Value' }).fill('{"a":2}')
  await server.call('PUT', '/v1/kv/app/settings', '{"a":3}')
  await page.getByText('It has been changed since you began.').waitFor()
  await page.getByRole('button', { name: 'Review' }).click()
  await page.getByText('+ {"a":2}').waitFor()
  await page.getByRole('button', { name: 'Write' }).click()
  await page.getByText('so nothing was written').waitFor()
  t.equal(await (await server.call('GET', '/v1/kv/app/settings?raw')).text(), '{"a":3}')

  const shown = await startTestServer({ config: { ui_config: { enabled: true, read_only: true } } })
  t.teardown(() => shown.stop())
  await furnish(shown)
  const { page: only } = await openPage(t, running, `${shown.url}/ui/services/web?at=n1%2Fweb-1`, { quiet: true })
  await only.getByText('read-only').waitFor()
  t.equal(await only.getByRole('button', { name: 'Drain' }).count(), 0)
  t.equal(await only.evaluate(async () => (await fetch('/v1/kv/x', { method: 'PUT', body: '1' })).status), 403, 'nor can the page be made to')
})

t.test('a page of another origin can neither write nor watch', { skip }, async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const elsewhere = createServer((_, response) => { response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>elsewhere</title>') })
  const there = await listen(t, elsewhere)
  const { page } = await openPage(t, await browser(t), there, { quiet: true })
  await page.evaluate(async url => { await fetch(`${url}/v1/kv/stolen`, { method: 'PUT', mode: 'no-cors', body: 'x' }).catch(() => {}) }, server.url)
  await page.evaluate(async url => { await fetch(`${url}/v1/agent/service/register`, { method: 'POST', mode: 'no-cors', body: '{}' }).catch(() => {}) }, server.url)
  t.equal(await page.evaluate(`new Promise(resolve => {
    const socket = new WebSocket('${server.url.replace('http', 'ws')}/v1/watch', 'roster.v1')
    socket.onopen = () => resolve('open')
    socket.onclose = () => resolve('refused')
  })`), 'refused')
  await page.evaluate(`document.body.append(Object.assign(document.createElement('form'), { method: 'post', action: '${server.url}/v1/agent/reload' })), document.forms[0].submit()`)
  await page.waitForURL(`${server.url}/**`)
  t.equal(server.roster.state.kv.size, 0)
})

t.test('ten thousand instances: few rows in the document while scrolling from end to end', { skip }, async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  for (let n = 0; n < 10; n++) await server.call('PUT', '/v1/lease', { ID: `l${n}`, TTL: '1h', Node: `n${n}`, Services: Array.from({ length: 1000 }, (_, i) => ({ Name: `s${i}`, ID: `s${i}-${n}`, Port: 80 })) })
  const { page } = await openPage(t, await browser(t), `${server.url}/ui/instances`)
  await page.getByText('10001 of 10001').waitFor()
  const most = await page.evaluate<number>(`(async () => {
    const grid = document.querySelector('[role=grid]')
    let most = 0
    for (let step = 0; step <= 40; step++) {
      grid.scrollTop = grid.scrollHeight * step / 40
      await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      most = Math.max(most, grid.querySelectorAll('[role=row]').length)
    }
    return most
  })()`)
  t.ok(most < 300, `${most} rows`)
  t.ok(await page.getByText('s999-9', { exact: true }).isVisible(), 'the end is the end')
})

t.test('the first view is under 60 KB compressed', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const html = await (await server.call('GET', '/ui/')).text()
  let bytes = brotliCompressSync(html).length
  for (const [, asset] of html.matchAll(/(?:href|src)="((?:assets\/|icon)[^"]+)"/g)) {
    const answer = await server.call('GET', `/ui/${asset!}`)
    t.equal(answer.status, 200, String(asset))
    bytes += brotliCompressSync(Buffer.from(await answer.arrayBuffer())).length
    if (asset!.startsWith('assets/')) t.match(answer.headers.get('cache-control'), /immutable/)
  }
  t.ok(bytes < 60 * 1024, `${bytes} bytes`)
  const answer = await server.call('GET', '/ui/services/anything')
  t.match(answer.headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/)
  t.equal((await server.call('GET', '/ui/assets/gone.js')).status, 404, 'a script never gets the document')
})

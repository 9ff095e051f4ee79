// The page as a browser has it, with 1,000 services and 10,000 instances: time to the first view, from a commit to the screen, main-thread time at 100 changes a second, layout shift,
// memory, bytes. Beside it, in the same run, the bare baseline: the same changes as a WebSocket client without a page receives them. Measures only; nothing is asserted.
import { chromium } from 'playwright-core'
import { WebSocket } from 'ws'
import { startTestServer } from '../test/support/server.js'
import { chromiumPath } from '../test/web/support/browser.js'

const CHANGES = 500
const PER_SECOND = 100
const quantile = (list: readonly number[], q: number): number => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(q * list.length))]!

if (chromiumPath === undefined) {
  console.log('ui: no chromium on this machine')
  process.exit(0)
}
const server = await startTestServer({ config: { log_level: 'error' } })
for (let n = 0; n < 10; n++) await server.call('PUT', '/v1/lease', { ID: `l${n}`, TTL: '1h', Node: `n${n}`, Services: Array.from({ length: 1000 }, (_, i) => ({ Name: `s${String(i).padStart(3, '0')}`, ID: `s${i}-${n}`, Port: 80 })) })
const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu', '--js-flags=--expose-gc'] })
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
const session = await page.context().newCDPSession(page)
await session.send('Network.enable')
await session.send('Performance.enable')
let bytes = 0
session.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength })
session.on('Network.webSocketFrameReceived', ({ response }) => { bytes += response.payloadData.length })
await page.addInitScript(`window.shift = 0; window.longest = 0
  new PerformanceObserver(list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value }).observe({ type: 'layout-shift', buffered: true })
  new PerformanceObserver(list => { for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration) }).observe({ type: 'longtask', buffered: true })`)
const began = performance.now()
await page.goto(`${server.url}/ui/services`)
await page.getByText('s000').waitFor()
console.log(`first view of 1,000 services, 10,000 instances: ${Math.round(performance.now() - began)} ms, ${(bytes / 1024).toFixed(0)} KiB transferred`)

const metrics = async (): Promise<Record<string, number>> => Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]))
// The row behind the registry's own changes with each write; what the page shows is looked at each frame.
await page.evaluate('window.seen = []; (function look (before) { const now = document.querySelector(\'.all .row:nth-child(2)\')?.textContent; if (now !== before) window.seen.push(Date.now()); requestAnimationFrame(() => look(now)) })()')
const bare: number[] = []
const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/watch`, 'roster.v1')
await new Promise(resolve => socket.once('open', resolve))
socket.send(JSON.stringify({ op: 'sub', id: '1', kind: 'service-counts', params: {} }))
const sent: number[] = []
socket.on('message', data => { if (String(data).includes('"change"') && sent.length > 0) bare.push(Date.now() - sent.at(-1)!) })
const screens: number[] = []
for (let i = 0; i < 40; i++) {
  const before = await page.evaluate<number>('window.seen.length')
  sent.push(Date.now())
  await server.call('PUT', '/v1/lease/l0/status', { Status: i % 2 === 0 ? 'warning' : 'passing', ServiceIDs: ['s0-0'] })
  while (await page.evaluate<number>('window.seen.length') === before) await new Promise(resolve => setTimeout(resolve, 5))
  screens.push(await page.evaluate<number>('window.seen.at(-1)') - sent.at(-1)!)
}
console.log(`from the request of a change to the screen: p50 ${quantile(screens, 0.5)} ms, p99 ${quantile(screens, 0.99)} ms; bare WebSocket client: p50 ${quantile(bare, 0.5)} ms, p99 ${quantile(bare, 0.99)} ms (ratio ${(quantile(screens, 0.5) / Math.max(1, quantile(bare, 0.5))).toFixed(1)})`)

const [before, from] = [await metrics(), performance.now()]
await page.evaluate('window.shift = 0; window.longest = 0')
for (let i = 0; i < CHANGES; i++) {
  await server.call('PUT', `/v1/lease/l${i % 10}/status`, { Status: i % 20 < 10 ? 'warning' : 'passing', ServiceIDs: [`s${i % 30}-${i % 10}`] })
  const due = from + (i + 1) * 1000 / PER_SECOND
  if (due > performance.now()) await new Promise(resolve => setTimeout(resolve, due - performance.now()))
}
const seconds = (performance.now() - from) / 1000
const after = await metrics()
console.log(`${Math.round(CHANGES / seconds)} changes/s: ${(1000 * (after['TaskDuration']! - before['TaskDuration']!) / seconds).toFixed(0)} ms of main thread a second, longest task ${await page.evaluate('Math.round(window.longest)')} ms, layout shift ${await page.evaluate<number>('window.shift').then(shift => shift.toFixed(4))}`)
await page.evaluate('gc()')
console.log(`heap after ${CHANGES} changes: ${((await metrics())['JSHeapUsedSize']! / 2 ** 20).toFixed(1)} MiB (before: ${(before['JSHeapUsedSize']! / 2 ** 20).toFixed(1)} MiB)`)
socket.close()
await browser.close()
await server.stop()

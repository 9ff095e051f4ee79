#!/usr/bin/env node
// Takes the pictures of the page that stand in docs/: a registry of its own with a small invented shop in it, a real browser, every view. Expects a build, and chromium.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'

const out = process.argv[2] ?? 'docs/screenshots'
const url = 'http://127.0.0.1:18599'
const agent = spawn(process.execPath, ['registry/dist/cli/main.js', 'agent', '-dev', '-node', 'registry-1', '-datacenter', 'staging', '-http-port', '18599', '-dns-port', '-1', '-grpc-port', '-1', '-grpc-tls-port', '-1'], { stdio: 'ignore' })
const put = async (path, body) => {
  const answer = await fetch(url + path, { method: 'PUT', body: typeof body === 'string' ? body : JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer
}
try {
  while (!await fetch(url + '/v1/status/leader').then(r => r.ok, () => false)) await new Promise(resolve => setTimeout(resolve, 100))
  const shop = { gateway: 2, catalog: 3, cart: 3, checkout: 2, payments: 3, orders: 4, inventory: 3, shipping: 2, mail: 1, search: 2 }
  const team = { gateway: 'edge', catalog: 'browse', search: 'browse', cart: 'buy', checkout: 'buy', payments: 'money', orders: 'buy', inventory: 'stock', shipping: 'stock', mail: 'edge' }
  let made = 0
  for (const [name, count] of Object.entries(shop)) {
    for (let i = 1; i <= count; i++) {
      await put('/v1/lease', { ID: `${name}-${i}`, TTL: '10m', Node: `host-${made++ % 6 + 1}`, Services: [{ Name: name, ID: `${name}-${i}`, Address: `10.0.${i}.${made + 10}`, Port: 8080, Tags: i === 1 ? ['canary', 'v2'] : ['v1'], Meta: { owner: team[name], version: i === 1 ? '2.1.0' : '2.0.3', zone: i % 2 === 0 ? 'b' : 'a' } }] })
    }
  }
  await put('/v1/lease/orders-4/status', { Status: 'draining' })
  for (const Status of ['critical', 'passing', 'critical', 'passing', 'critical']) await put('/v1/lease/payments-2/status', { Status, Output: Status === 'critical' ? 'connect ECONNREFUSED 10.0.9.4:5432' : '' })
  await put('/v1/lease/inventory-1/status', { Status: 'warning', Output: 'stock is 40 s old' })
  const calls = [['gateway', 'catalog', 900], ['gateway', 'search', 310], ['gateway', 'cart', 240], ['gateway', 'checkout', 60], ['checkout', 'payments', 58, 4], ['checkout', 'orders', 55], ['cart', 'inventory', 210], ['orders', 'inventory', 50], ['orders', 'shipping', 48], ['orders', 'mail', 12], ['catalog', 'inventory', 420], ['search', 'catalog', 200]]
  for (const from of new Set(calls.map(([from]) => from))) {
    await put(`/v1/lease/${from}-1/edges`, { WindowMs: 5000, Edges: calls.filter(([of]) => of === from).map(([, To, n, Errors = 0]) => ({ To, Requests: n, Errors, Latency: [0, 0, 0, 0, 0, 0, Math.round(n * 0.7), 0, 0, 0, 0, 0, Math.round(n * 0.3)], Ejected: Errors > 0 ? ['host-2/payments-2'] : [] })) })
  }
  await put('/v1/kv/shop/settings', '{"currency":"EUR","free shipping from":40,"holidays":["2026-12-25"]}')
  for (const key of ['flags/new-search', 'flags/fast-checkout', 'limits/cart', 'mail/from']) await put(`/v1/kv/shop/${key}`, 'on')
  const { ID } = await (await put('/v1/session/create', { Name: 'nightly-report', TTL: '600s' })).json()
  await put(`/v1/kv/shop/locks/report?acquire=${ID}`, 'running')
  mkdirSync(out, { recursive: true })
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
  const shots = [
    ['overview', '', {}], ['services', 'services', {}], ['instances', 'services/payments?at=host-6%2Fpayments-2', {}], ['topology', 'topology', { width: 1280 }], ['keys', 'kv?prefix=shop%2F&key=shop%2Fsettings', { dark: true }],
    ['locks', 'sessions', {}], ['nodes', 'nodes', { dark: true }], ['explain', 'services/payments/explain', {}], ['phone', 'services', { width: 390, height: 700 }],
  ]
  for (const [name, path, { width = 1100, height = 640, dark = false }] of shots) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' })
    page.on('console', message => { if (message.type() === 'error') console.error(`${name}: ${message.text()}`) })
    page.on('pageerror', error => console.error(`${name}: ${error.stack}`))
    await page.goto(`${url}/ui/${path}`)
    await page.locator('main .grid, main .map, main .panel, main .steps').first().waitFor({ timeout: 15_000 }).catch(() => console.error(`${name}: nothing is shown`))
    await page.locator('.status.live').waitFor()
    await page.screenshot({ path: `${out}/${name}.png` })
    await page.close()
  }
  await browser.close()
} finally {
  agent.kill()
}

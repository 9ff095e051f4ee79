// Laws of the whole, on one shop: one can buy something; what is wrong is refused and changes nothing; nobody knows anybody but through the registry; the pages work; the guide is true.
import t from 'tap'
import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Client, credentials } from '@grpc/grpc-js'
import { SignJWT, generateKeyPair } from 'jose'
import { runService } from '../src/kit/run.js'
import { guests, whyNoGuest } from '../src/launcher/guests.js'
import { Shop } from '../src/launcher/shop.js'
import { operator } from '../src/operator/app.js'
import { PaymentsService } from '../src/payments/contract.js'
import { passing, until } from '../src/tour/support.js'
import { customer } from './support/browser.js'
import type { Customer } from './support/browser.js'
import { calledPorts } from './support/peers.js'
import { tryPages } from './support/pages.js'

t.setTimeout(400_000)
const shop = new Shop({ shuffle: true, env: {} })
const ends: Array<() => unknown> = [() => shop.close()]
t.teardown(async () => { for (const end of ends.reverse()) await end() })

await shop.start()
const desk = await runService(operator({ shop, load: () => undefined }), { label: 'operator-1', env: { ROSTER_HTTP_ADDR: shop.registry.url }, folder: shop.folder })
ends.push(() => desk.stop())
const why = whyNoGuest()
for (const guest of guests(shop, () => {})) {
  if (why === undefined) await guest.start()
  ends.push(() => guest.stop())
}

/** Not synchronously: the operator lives in this process. */
const run = (command: string, args: readonly string[], cwd: string): Promise<{ code: number | null, output: string }> => new Promise(resolve => {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000, env: { ...process.env, ROSTER_HTTP_ADDR: shop.registry.url } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => { output += String(data) })
  child.once('exit', code => resolve({ code, output }))
})
const signedUp = async (name: string): Promise<Customer> => {
  const one = customer(shop.page)
  const answer = await one.call('POST', '/api/accounts', { name, password: 'analytical' })
  if (answer.status !== 200) throw new Error(`sign up: ${answer.status}`)
  return one
}
const address = async (service: string): Promise<string> => { const [one] = await passing(shop, service); return `${one!.address}:${one!.port}` }

t.test('from an empty machine to an order, and to the message about it', async t => {
  const ada = await signedUp('Ada')
  const id = randomUUID()
  const bought = await ada.call('PUT', `/api/orders/${id}`, { lines: [{ sku: 'mug', quantity: 2 }] })
  t.match(bought, { status: 200, body: { state: 'confirmed', total: 1800, servedBy: { orders: /^orders-/, inventory: 'inventory-1', payments: 'payments-1' } } })
  t.match((await ada.call('PUT', `/api/orders/${id}`, { lines: [{ sku: 'mug', quantity: 2 }] })).body, { state: 'confirmed' }, 'the same again is the same')
  t.equal((await ada.call('GET', '/api/orders')).body.orders.length, 1, 'and one order')
  await until('there is a message', 15_000, async () => (await ada.call('GET', '/api/messages')).body.messages.length === 1)
})

t.test('the guest in another language answers, through its sidecar and with the help of inventory through its sidecar', { skip: why ?? false }, async t => {
  const ada = customer(shop.page)
  await until('a date', 15_000, async () => (await ada.call('GET', '/api/products/mug')).body.delivery !== null)
  t.match((await ada.call('GET', '/api/products/mug')).body, { sku: 'mug', delivery: { days: 1 } })
})

t.test('what is wrong gets its 4xx and changes nothing', async t => {
  const bob = await signedUp('Bob')
  const good = { sku: 'mug', quantity: 1 }
  const order = (lines: unknown, more = {}) => bob.call('PUT', `/api/orders/${randomUUID()}`, { lines, ...more })
  const [inventory, orders, users, payments] = await Promise.all(['inventory', 'orders', 'users', 'payments'].map(address))
  const books = async (): Promise<unknown> => [await (await fetch(`http://${inventory}/books`)).json(), await (await fetch(`http://${orders}/books`)).json()]
  // What was bought before may still be under way.
  const settled = async () => { let last = ''; await until('the books stand still', 10_000, async () => { const now = JSON.stringify(await books()); const same = now === last; last = now; return same }); return last }
  const before = await settled()

  const raw = async (host: string, method: string, path: string, body?: unknown, headers = {}) => {
    const answer = await fetch(`http://${host}${path}`, { method, headers: { ...body !== undefined && { 'content-type': 'application/json' }, ...headers }, ...body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) } })
    return { status: answer.status, body: await answer.json() as { error?: { code: string } } }
  }
  const { privateKey } = await generateKeyPair('EdDSA')
  const forged = await new SignJWT({ name: 'Ada' }).setProtectedHeader({ alg: 'EdDSA', kid: 'forged' }).setSubject('somebody').setIssuer('shop/users').setExpirationTime('1h').sign(privateKey)
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"x","iss":"shop/users"}').toString('base64url')}.`

  const cases: ReadonlyArray<readonly [what: string, answer: Promise<{ status: number, body: any }>, status: number, code: string]> = [ // eslint-disable-line @typescript-eslint/no-explicit-any
    ['storefront: a basket of 21 products', bob.call('PUT', '/api/basket', { lines: Array.from({ length: 21 }, (_, i) => ({ sku: `x${i}`, quantity: 1 })) }), 422, 'BASKET_TOO_LARGE'],
    ['storefront: 101 of one', order([{ sku: 'mug', quantity: 101 }]), 422, 'BASKET_TOO_LARGE'],
    ['storefront: a negative quantity', order([{ sku: 'mug', quantity: -1 }]), 400, 'BAD_INPUT'],
    ['storefront: half a mug', order([{ sku: 'mug', quantity: 0.5 }]), 400, 'BAD_INPUT'],
    ['storefront: nothing at all', order([]), 400, 'BAD_INPUT'],
    ['storefront: a field too many', order([good], { discount: 100 }), 400, 'BAD_INPUT'],
    ['storefront: not signed in', customer(shop.page).call('PUT', `/api/orders/${randomUUID()}`, { lines: [good] }), 401, 'NOT_SIGNED_IN'],
    ['storefront: no JSON', bob.call('PUT', '/api/basket', '{'), 400, 'BAD_INPUT'],
    ['storefront: 20 KiB', bob.call('PUT', '/api/basket', { lines: [{ sku: 'x'.repeat(20_000), quantity: 1 }] }), 413, 'TOO_LARGE'],
    ['storefront: from a page of another site', bob.call('PUT', '/api/basket', { lines: [] }, { origin: 'https://example.org' }), 403, 'FOREIGN_PAGE'],
    ['storefront: an unknown product', bob.call('GET', '/api/products/unicorn'), 404, 'UNKNOWN_PRODUCT'],
    ['orders: the same product twice', order([good, good]), 400, 'BAD_INPUT'],
    ['orders: no token', raw(orders!, 'PUT', `/orders/${randomUUID()}`, { lines: [good] }), 401, 'NOT_SIGNED_IN'],
    ['orders: a forged token', raw(orders!, 'PUT', `/orders/${randomUUID()}`, { lines: [good] }, { authorization: `Bearer ${forged}` }), 401, 'BAD_TOKEN'],
    ['orders: a token without a signature', raw(orders!, 'GET', '/orders', undefined, { authorization: `Bearer ${unsigned}` }), 401, 'BAD_TOKEN'],
    ['orders: an id that is none', raw(orders!, 'PUT', '/orders/x', { lines: [good] }), 400, 'BAD_INPUT'],
    ['orders: events after nonsense', raw(orders!, 'GET', '/events?after=-1'), 400, 'BAD_INPUT'],
    ['inventory: an unknown product', raw(inventory!, 'PUT', `/reservations/${randomUUID()}`, { lines: [{ sku: 'unicorn', quantity: 1 }] }), 404, 'UNKNOWN_PRODUCT'],
    ['inventory: more than there is', raw(inventory!, 'PUT', `/reservations/${randomUUID()}`, { lines: [{ sku: 'lantern', quantity: 6 }] }), 409, 'OUT_OF_STOCK'],
    ['inventory: a negative quantity', raw(inventory!, 'PUT', `/reservations/${randomUUID()}`, { lines: [{ sku: 'mug', quantity: -5 }] }), 400, 'BAD_INPUT'],
    ['inventory: selling what was never held', raw(inventory!, 'PUT', `/reservations/${randomUUID()}/sold`), 404, 'UNKNOWN_RESERVATION'],
    ['users: a short password', raw(users!, 'POST', '/accounts', { name: 'Eve', password: 'short' }), 400, 'BAD_INPUT'],
    ['users: a name that is taken, in other letters', raw(users!, 'POST', '/accounts', { name: 'ADA', password: 'analytical' }), 409, 'NAME_TAKEN'],
    ['users: a wrong password', raw(users!, 'POST', '/tokens', { name: 'Ada', password: 'something else' }), 401, 'WRONG_PASSWORD'],
    ['users: an unknown name', raw(users!, 'POST', '/tokens', { name: 'Nobody', password: 'something else' }), 401, 'WRONG_PASSWORD'],
  ]
  for (const [what, asked, status, code] of cases) {
    const answer = await asked
    t.match({ status: answer.status, code: answer.body.error?.code }, { status, code }, what)
  }
  t.equal(await settled(), before, 'the books are as they were')

  // Payments: a wrong sum, a wrong order, the same order with another sum.
  const client = new Client(payments!, credentials.createInsecure())
  t.teardown(() => client.close())
  const call = (method: string, request: object): Promise<any> => new Promise(resolve => { // eslint-disable-line @typescript-eslint/no-explicit-any
    const { path, requestSerialize, responseDeserialize } = PaymentsService[method]!
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, reply) => resolve(error ? { code: error.code } : reply))
  })
  const paid = { order: randomUUID(), amount: 500, customer: 'bob', card: 'any' }
  t.match(await call('Charge', { ...paid, amount: -1 }), { code: 3 }, 'payments: a negative amount')
  t.match(await call('Charge', { ...paid, amount: 0 }), { code: 3 }, 'payments: nothing')
  t.match(await call('Charge', { ...paid, order: '../..' }), { code: 3 }, 'payments: an order that is none')
  t.match(await call('Charge', paid), { state: 'charged' })
  t.match(await call('Charge', paid), { state: 'charged', amount: 500 }, 'payments: replayed, and charged once')
  t.match(await call('Charge', { ...paid, amount: 501 }), { code: 6 }, 'payments: replayed with another sum')
  const { charges } = await call('Books', {})
  t.match(await call('Refund', { order: paid.order }), { state: 'refunded' })
  t.match(await call('Refund', { order: paid.order }), { state: 'refunded' })
  t.match(await call('Books', {}), { charges, refunds: 1 }, 'refunded once')
})

t.test('an order that was refused gives everything back', async t => {
  const eve = await signedUp('Eve')
  const stock = async (sku: string): Promise<number> => (await eve.call('GET', `/api/products/${sku}`)).body.available
  const before = await stock('plant')
  t.match(await eve.call('PUT', `/api/orders/${randomUUID()}`, { lines: [{ sku: 'plant', quantity: 2 }], card: 'declined' }), { status: 409, body: { error: { code: 'PAYMENT_REFUSED' } } })
  t.equal(await stock('plant'), before)
  t.match(await eve.call('PUT', `/api/orders/${randomUUID()}`, { lines: [{ sku: 'lantern', quantity: 6 }] }), { status: 409, body: { error: { code: 'OUT_OF_STOCK' } } })
})

t.test('a process is told where the registry is, and calls nobody whom the registry has not named', { skip: existsSync('/proc/self/net/tcp') ? false : 'no /proc' }, async t => {
  const catalog = new Set<number>([Number(new URL(shop.registry.url).port)])
  for (const name of Object.keys(await (await fetch(`${shop.registry.url}/v1/catalog/services`)).json() as object)) {
    for (const { ServicePort, ServiceMeta } of await (await fetch(`${shop.registry.url}/v1/catalog/service/${name}`)).json() as Array<{ ServicePort: number, ServiceMeta: Record<string, string> }>) {
      catalog.add(ServicePort)
      if (ServiceMeta['ops']) catalog.add(Number(ServiceMeta['ops']))
    }
  }
  let calls = 0
  for (const { label, pid } of shop.instances) {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').map(entry => entry.split('=')[0]!).filter(name => name !== '' && !/^(NODE_(CHANNEL|UNIQUE|OPTIONS)|_TAPJS_)/.test(name))
    t.strictSame(environment, ['ROSTER_HTTP_ADDR'], `${label} has nothing else in its environment`)
    const called = calledPorts(pid)
    calls += called.length
    t.strictSame(called.filter(port => !catalog.has(port)), [], `${label} calls only those whom the registry names`)
  }
  t.ok(calls > shop.instances.length, 'and they do call')
  // One that does otherwise is seen.
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const stranger = spawn(process.execPath, ['-e', `require('net').connect(${port}, '127.0.0.1')`], { stdio: 'ignore', env: {} })
  t.teardown(() => { stranger.kill(); server.close() })
  await until('the stranger is seen', 10_000, () => calledPorts(stranger.pid!).includes(port))
})

const chromium = ['chromium', 'chromium-browser', 'google-chrome'].map(name => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim()).find(path => path !== '')
t.test('the pages, in a browser', { skip: chromium === undefined ? 'no chromium here' : false }, t => tryPages(t, { chromium: chromium!, shop }))

t.test('the guide is true: each of its commands runs as it stands', async t => {
  const missing = ['curl', 'dig', 'bash'].filter(command => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0)
  if (missing.length > 0) { t.pass(`not installed: ${missing.join(', ')}`); return }
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const guide = readFileSync(`${root}docs/guide.md`, 'utf8')
  const blocks = [...guide.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(match => match[1]!)
  t.ok(blocks.length >= 8, `${blocks.length} blocks`)
  await until('the shop is whole again after what was done to it', 30_000, async () => {
    for (const name of ['storefront', 'orders', 'inventory', 'payments', 'users']) {
      const passing = await fetch(`${shop.registry.url}/v1/health/service/${name}?passing`).then(async answer => await answer.json() as unknown[], () => [])
      if (passing.length < shop.instances.filter(of => of.label.startsWith(`${name}-`)).length) return false
    }
    return await fetch(`${shop.registry.url}/v1/kv/shop/orders/relay?raw`).then(answer => answer.ok, () => false)
  })
  const port = (url: string): string => new URL(url).port
  for (const block of blocks) {
    const script = block.replaceAll(':8080', `:${port(shop.page)}`).replaceAll(':8500', `:${port(shop.registry.url)}`).replaceAll('-p 8600', `-p ${shop.registry.dnsPort}`)
    const { code, output } = await run('bash', ['-euo', 'pipefail', '-c', script], root)
    t.equal(code, 0, `${block}\n${output}`)
  }
})

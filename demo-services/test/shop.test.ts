// Law: with a registry and a process for each service, and no address but the registry's, one can buy something.
import t from 'tap'
import { randomUUID } from 'node:crypto'
import { Shop } from '../src/launcher/shop.js'
import { customer } from './support/browser.js'

t.setTimeout(120_000)
const shop = new Shop()
t.teardown(() => shop.close())

t.test('from an empty machine to an order, and to the message about it', async t => {
  await shop.start()
  const ada = customer(shop.page)
  t.equal((await ada.call('POST', '/api/accounts', { name: 'Ada', password: 'analytical' })).status, 200)
  const id = randomUUID()
  const bought = await ada.call('PUT', `/api/orders/${id}`, { lines: [{ sku: 'mug', quantity: 2 }] })
  t.match(bought, { status: 200, body: { state: 'confirmed', total: 1800, servedBy: { orders: /^orders-/, inventory: 'inventory-1', payments: 'payments-1' } } })
  t.match((await ada.call('PUT', `/api/orders/${id}`, { lines: [{ sku: 'mug', quantity: 2 }] })).body, { state: 'confirmed' }, 'the same again is the same')
  t.match((await ada.call('GET', '/api/orders')).body, { orders: [{ id, state: 'confirmed' }] })
  t.equal((await ada.call('GET', '/api/orders')).body.orders.length, 1)
  let messages: unknown[] = []
  while (messages.length === 0) messages = (await ada.call('GET', '/api/messages')).body.messages
  t.match(messages, [{ order: id, text: /2 × Mug/ }])
})

// The shop's page: products, basket, checkout, orders. All it knows it asks of the storefront.

import { action, fill, make } from './trace.js'

const $ = id => document.getElementById(id)
const money = cents => new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(cents / 100)

let home = { products: [], basket: {}, shelf: { skus: [] }, name: null }
/** The order that is being placed: the same number until it is answered, so that nothing is bought twice. */
let placing

const say = (text, kind = 'quiet') => { $('said').textContent = text; $('said').className = kind }
const refusal = ({ body, status }) => body?.error?.message ?? `The shop answered ${status}`
const lines = () => Object.entries(home.basket).map(([sku, quantity]) => ({ sku, quantity }))

async function load (call) {
  const answer = await call('GET', '/api/home')
  if (answer.status !== 200) { say(refusal(answer), 'bad'); return }
  home = answer.body
  draw()
  if (home.name === null) return
  const [orders, messages] = await Promise.all([call('GET', '/api/orders'), call('GET', '/api/messages')])
  if (orders.status === 200) drawOrders(orders.body)
  if (messages.status === 200) fill($('messages'), ...messages.body.messages.map(({ text, at }) => make('li', { text: `${new Date(at).toLocaleTimeString()}  ${text}` })), ...messages.body.degraded ? [make('li', { class: 'quiet', text: 'Messages are late' })] : [])
}

function draw () {
  const bySku = new Map(home.products.map(product => [product.sku, product]))
  const put = (sku, quantity) => () => action('fill basket', async call => {
    const basket = { ...home.basket, [sku]: quantity }
    if (quantity <= 0) delete basket[sku]
    const answer = await call('PUT', '/api/basket', { lines: Object.entries(basket).map(([sku, quantity]) => ({ sku, quantity })) })
    if (answer.status !== 200) { say(refusal(answer), 'bad'); return }
    placing = undefined
    say(quantity > 0 ? `${bySku.get(sku)?.name}: ${quantity} in the basket` : `${bySku.get(sku)?.name} is out of the basket`)
    await load(call)
  })
  const card = ({ sku, name, blurb, price, picture, available }, where) => make('li', { class: 'card' },
    make('span', { class: 'picture', text: picture, 'aria-hidden': 'true' }),
    make('h3', { text: name }),
    make('p', { text: blurb }),
    make('div', { class: 'row' }, make('span', { class: 'price', text: money(price) }), make('span', { class: 'quiet', text: available > 0 ? `${available} left` : 'sold out' })),
    make('div', { class: 'row' },
      make('button', { id: `${where}-${sku}`, text: 'Add', 'aria-label': `Add ${name} to the basket`, disabled: available === 0, on: { click: put(sku, (home.basket[sku] ?? 0) + 1) } }),
      make('button', {
        id: `${where}-when-${sku}`,
        text: 'When?',
        'aria-label': `When would ${name} be here?`,
        on: {
          click: () => action('look at a product', async call => {
            const { status, body } = await call('GET', `/api/products/${sku}`)
            say(status !== 200 ? refusal({ status, body }) : body.delivery === null ? `${name}: nobody knows when` : `${name}: in ${body.delivery.days} day${body.delivery.days === 1 ? '' : 's'}`)
          })
        }
      })))
  fill($('products'), ...home.products.map(product => card(product, 'add')))
  $('from').textContent = `served by ${home.servedBy.inventory}`
  fill($('shelf'), ...home.shelf.skus.flatMap(sku => bySku.has(sku) ? [card(bySku.get(sku), 'shelf')] : []))
  $('shelf-note').textContent = home.shelf.degraded === undefined
    ? home.shelf.skus.length === 0 ? 'Nothing yet: it learns from what is bought.' : ''
    : home.shelf.skus.length === 0 ? 'Recommendations do not answer. Everything else does.' : `As of ${Math.round(home.shelf.ageMs / 1000)} s ago: recommendations do not answer.`
  fill($('basket'), ...lines().map(({ sku, quantity }) => make('li', { class: 'row' },
    make('span', { text: `${quantity} × ${bySku.get(sku)?.name ?? sku}` }),
    make('span', {}, make('button', { id: `less-${sku}`, text: '−', 'aria-label': `One ${sku} less`, on: { click: put(sku, quantity - 1) } }), make('button', { id: `more-${sku}`, text: '+', 'aria-label': `One ${sku} more`, on: { click: put(sku, quantity + 1) } })))))
  $('total').textContent = money(lines().reduce((sum, { sku, quantity }) => sum + quantity * (bySku.get(sku)?.price ?? 0), 0))
  $('buy').disabled = lines().length === 0 || home.name === null
  $('signing').hidden = home.name !== null
  $('leave').hidden = home.name === null
  $('who').textContent = home.name === null ? '' : `Signed in as ${home.name}`
}

function drawOrders ({ orders, servedBy }) {
  fill($('orders'), ...orders.map(({ id, state, total, lines, why }) => make('li', { class: 'card' },
    make('div', { class: 'row' }, make('span', { text: lines.map(({ quantity, name, sku }) => `${quantity} × ${name ?? sku}`).join(', ') }), make('span', { class: 'price', text: money(total) })),
    make('div', { class: 'row' }, make('span', { class: state === 'confirmed' ? 'good' : state === 'rejected' ? 'bad' : 'warn', text: why === undefined ? state : `${state}: ${why.message}` }), make('span', { class: 'quiet', text: id.slice(0, 8) })))),
  ...orders.length > 0 ? [make('li', { class: 'quiet', text: `served by ${servedBy.orders}` })] : [])
}

const sign = path => () => {
  const form = $('account')
  if (!form.reportValidity()) return
  void action('sign in', async call => {
    const answer = await call('POST', path, { name: $('name').value, password: $('password').value })
    if (answer.status !== 200) { say(refusal(answer), 'bad'); return }
    say(`Welcome, ${answer.body.name}`, 'good')
    await load(call)
  })
}
$('account').addEventListener('submit', event => { event.preventDefault(); sign('/api/accounts')() })
$('enter').addEventListener('click', sign('/api/tokens'))
$('leave').addEventListener('click', () => action('sign out', async call => { await call('DELETE', '/api/session'); fill($('orders')); fill($('messages')); await load(call) }))
$('buy').addEventListener('click', () => action('buy', async call => {
  placing ??= crypto.randomUUID()
  $('buy').disabled = true
  say('Buying …')
  const answer = await call('PUT', `/api/orders/${placing}`, { lines: lines(), card: $('card').value })
  if (answer.status === 200) {
    placing = undefined
    const { storefront, ...others } = answer.body.servedBy
    say(`Bought. Served by ${[storefront, ...Object.values(others)].join(', ')}`, 'good')
  } else {
    // Not now: the same order may be placed again. Refused: the next one is another.
    if (answer.status !== 503 && answer.status !== 0) placing = undefined
    say(refusal(answer), 'bad')
  }
  await load(call)
}))
await action('open the shop', load)
document.body.dataset.ready = 'yes'

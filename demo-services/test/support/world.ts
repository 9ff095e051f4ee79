// Orders, inventory and payments in one process, over real stores, with a network between them that loses what it likes: calls that never arrive, answers that never come back, and
// workers that die in the middle. For laws of the three together.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ShopError } from '../../src/kit/errors.js'
import type { Caller, Reply } from '../../src/kit/dependencies.js'
import { openStore } from '../../src/kit/store/store.js'
import type { Store } from '../../src/kit/store/store.js'
import { put } from '../../src/kit/store/work.js'
import * as stock from '../../src/inventory/store.js'
import * as ledger from '../../src/payments/store.js'
import * as orders from '../../src/orders/store.js'
import { carry } from '../../src/orders/saga.js'
import type { Payments } from '../../src/orders/payments-client.js'

export interface Books {
  readonly stock: Awaited<ReturnType<World['stockBooks']>>
  readonly ledger: { readonly charges: number, readonly refunds: number }
  readonly orders: { readonly confirmed: number, readonly rejected: number, readonly events: number }
}

/** A worker died: nothing of what it would have done happens. */
class Died extends Error {}

export class World {
  /** ms; moved by hand. */
  now = 1_000_000
  readonly #stores: { inventory: Store, payments: Store, orders: Store }
  /** Whether the next call is lost on its way, and whether its answer is; whether the caller dies of it. */
  readonly #fate: () => 'fine' | 'lost' | 'answer lost' | 'dies'

  private constructor (stores: World['stores'], readonly folder: string, fate: () => 'fine' | 'lost' | 'answer lost' | 'dies') {
    this.#stores = stores
    this.#fate = fate
  }

  get stores (): { inventory: Store, payments: Store, orders: Store } { return this.#stores }

  /** @param available of the one product, `thing`, which costs 100 */
  static async make (available: number, fate: World['fate']): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), 'roster-world-'))
    const open = (name: string): Promise<Store> => openStore(name, `file:${join(folder, name)}`)
    const stores = { inventory: await open('inventory'), payments: await open('payments'), orders: await open('orders') }
    await stores.inventory.change(function * () { yield * put('stock/thing', { sku: 'thing', name: 'Thing', blurb: '', picture: '', price: 100, available }) })
    return new World(stores, folder, fate)
  }

  get fate (): () => 'fine' | 'lost' | 'answer lost' | 'dies' { return this.#fate }

  async close (): Promise<void> {
    for (const store of Object.values(this.#stores)) await store.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** One call over the network. */
  async #send<T> (work: () => Promise<T>): Promise<T> {
    // Others get their turn: calls of many orders lie between one another.
    await new Promise(resolve => setImmediate(resolve))
    const fate = this.#fate()
    if (fate === 'lost') throw new ShopError('NOT_NOW', 'lost')
    const answer = await work()
    if (fate === 'dies') throw new Died()
    if (fate === 'answer lost') throw new ShopError('NOT_NOW', 'answer lost')
    return answer
  }

  readonly #inventory: Pick<Caller, 'call'> = {
    call: <T>(method: string, path: string, { body }: { body?: unknown } = {}): Promise<Reply<T>> => this.#send(async () => {
      const id = path.split('/')[2]!
      const { inventory } = this.#stores
      try {
        const row = method === 'DELETE'
          ? await inventory.change(() => stock.release(id))
          : path.endsWith('/sold') ? await inventory.change(() => stock.sell(id)) : await inventory.change(() => stock.reserve(id, (body as { lines: stock.Line[] }).lines, this.now + 60_000))
        return { status: 200, body: row as T, servedBy: 'inventory' }
      } catch (error) {
        if (!(error instanceof ShopError)) throw error
        return { status: error.status, body: { error: { code: error.code, message: error.message } } as T, servedBy: 'inventory' }
      }
    }),
  }

  readonly #payments: Payments = {
    charge: request => this.#send(async () => ({ ...await this.#stores.payments.change(() => ledger.charge(request, this.now)), servedBy: 'payments' })),
    refund: ({ order }) => this.#send(async () => ({ ...await this.#stores.payments.change(() => ledger.refund(order, this.now)), servedBy: 'payments' })),
    books: () => this.#stores.payments.read(ledger.books),
    close () {},
  }

  /** One worker takes an order as far as it comes. */
  async work (id: string, quantity: number, card = 'any'): Promise<'confirmed' | 'rejected' | 'unknown'> {
    try {
      const placed = await this.#stores.orders.change(() => orders.place(id, 'ada', [{ sku: 'thing', quantity }], card, this.now))
      return (await carry(placed, { store: this.#stores.orders, inventory: this.#inventory as Caller, payments: this.#payments, now: () => this.now })).order.state as 'confirmed' | 'rejected'
    } catch (error) {
      if (error instanceof Died || (error instanceof ShopError && error.code === 'NOT_NOW')) return 'unknown'
      throw error
    }
  }

  /** What the elected instances do: orders that nobody finished, reservations that are too old. */
  async sweep (): Promise<void> {
    for (const order of await this.#stores.orders.read(() => orders.stuck(this.now + 1, 500))) await this.work(order.id, (order.lines[0] as orders.Line).quantity, order.card)
  }

  async expire (): Promise<number> { return await this.#stores.inventory.change(() => stock.expire(this.now, 500)) }

  stockBooks (): Promise<Record<string, { available: number, held: number, sold: number }>> { return this.#stores.inventory.read(stock.books) }

  async books (): Promise<Books> { return { stock: await this.stockBooks(), ledger: await this.#stores.payments.read(ledger.books), orders: await this.#stores.orders.read(orders.books) } }
}

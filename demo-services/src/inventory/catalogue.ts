// What the shop sells, as it is put on the shelves the first time.

export interface Product {
  readonly sku: string
  readonly name: string
  readonly blurb: string
  /** In cents. */
  readonly price: number
  /** A picture: an emoji needs no file and no server. */
  readonly picture: string
}

export const CATALOGUE: ReadonlyArray<Product & { readonly stock: number }> = [
  { sku: 'kettle', name: 'Kettle', blurb: 'Whistles at 100 degrees, and not before.', price: 3900, picture: '🫖', stock: 100_000 },
  { sku: 'teapot', name: 'Teapot', blurb: 'Short and stout. Answers 418.', price: 2400, picture: '🍵', stock: 100_000 },
  { sku: 'mug', name: 'Mug', blurb: 'Holds what a sprint needs.', price: 900, picture: '☕', stock: 100_000 },
  { sku: 'lamp', name: 'Desk lamp', blurb: 'For the hours in which things break.', price: 5200, picture: '💡', stock: 100_000 },
  { sku: 'notebook', name: 'Notebook', blurb: 'An append-only log, in paper.', price: 700, picture: '📓', stock: 100_000 },
  { sku: 'pencil', name: 'Pencil', blurb: 'Supports undo.', price: 200, picture: '✏️', stock: 100_000 },
  { sku: 'plant', name: 'Plant', blurb: 'Needs a heartbeat now and then.', price: 1800, picture: '🪴', stock: 100_000 },
  { sku: 'clock', name: 'Wall clock', blurb: 'Monotonic, as far as anybody knows.', price: 3100, picture: '🕰️', stock: 100_000 },
  { sku: 'bell', name: 'Bell', blurb: 'Rings once for each event. At least once.', price: 1200, picture: '🔔', stock: 100_000 },
  { sku: 'lantern', name: 'Last lantern', blurb: 'There are only five of it.', price: 9900, picture: '🏮', stock: 5 },
]

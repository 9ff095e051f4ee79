// The pages as people use them: wide and narrow, dark and light, with the keyboard alone, and with an eye on the console.

import { chromium as launcher } from 'playwright-core'
import type { Test } from 'tap'
import type { Page } from 'playwright-core'
import type { Shop } from '../../src/launcher/shop.js'
import { until } from '../../src/tour/support.js'

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 375, height: 700 } } as const

/** @param shots folder for screenshots, when some are wanted */
export async function tryPages (t: Test, { chromium, shop, shots }: { chromium: string, shop: Shop, shots?: string }): Promise<void> {
  const browser = await launcher.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  try {
    for (const [name, viewport] of Object.entries(SIZES)) {
      const context = await browser.newContext({ viewport, colorScheme: name === 'phone' ? 'dark' : 'light' })
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('console', message => { if (message.type() === 'error') complaints.push(message.text()) })
      page.on('pageerror', error => complaints.push(error.message))
      const shot = async (what: string): Promise<void> => { if (shots !== undefined) await page.screenshot({ path: `${shots}/${what}-${name}.png` }) }

      await page.goto(`${shop.page}/`)
      await page.waitForSelector('body[data-ready]')
      // Everything with the keyboard: from the name to an account.
      await page.focus('#name')
      await page.keyboard.type(`Grace ${name}`)
      await page.keyboard.press('Tab')
      await page.keyboard.type('nanoseconds')
      await page.keyboard.press('Enter')
      await page.waitForSelector('#leave:not([hidden])')
      await page.focus('#add-kettle')
      await page.keyboard.press('Enter')
      await page.waitForSelector('#more-kettle')
      t.equal(await page.evaluate('document.activeElement.id'), 'add-kettle', `${name}: the focus stays where it was`)
      await page.focus('#buy')
      await page.keyboard.press('Enter')
      await until(`${name}: the page shows it`, 60_000, () => page.evaluate("document.getElementById('said').textContent.startsWith('Bought')"))
      t.match(await page.textContent('#said'), /orders-\d+/, `${name}: who served it is said`)
      await until(`${name}: the page shows it`, 60_000, () => page.evaluate("document.getElementById('orders').textContent.includes('confirmed')"))
      t.ok(await fits(page), `${name}: the shop is no wider than the screen`)
      // What the browser has seen is sent when all is drawn.
      await page.waitForLoadState('networkidle')
      await shot('shop')

      await page.goto(`${shop.page}/operator`)
      await page.waitForSelector('body[data-ready]')
      await until(`${name}: the page shows it`, 60_000, () => page.evaluate("document.getElementById('instances').textContent.includes('orders-1')"))
      t.equal(await page.locator('#acts li').count(), 14, `${name}: the tour as a checklist`)
      if (name === 'desktop') await tryTrace(t, page)
      t.ok(await fits(page), `${name}: the operator page is no wider than the screen`)
      await shot('operator')
      if (name === 'desktop') await tryTrouble(t, page, shop)
      t.strictSame(complaints, [], `${name}: nothing in the console`)
      await context.close()
    }
  } finally { await browser.close() }
}

/** The purchase is one trace, from the browser on. */
async function tryTrace (t: Test, page: Page): Promise<void> {
  await until('the page shows it', 60_000, () => page.evaluate("[...document.querySelectorAll('#traces button')].some(button => button.textContent === 'buy')"))
  await page.evaluate("[...document.querySelectorAll('#traces button')].find(button => button.textContent === 'buy').click()")
  await until('the page shows it', 60_000, () => page.evaluate("document.querySelectorAll('#trace .bar').length > 8"))
  const hops = await page.textContent('#trace')
  for (const hop of ['browser', 'storefront', 'orders', 'inventory', 'payments']) t.match(hops, new RegExp(hop), `${hop} is in the trace`)
}

const fits = (page: Page): Promise<boolean> => page.evaluate('document.documentElement.scrollWidth <= innerWidth')

/** Each kind of trouble is made on the page, seen in the shop, and undone. */
async function tryTrouble (t: Test, page: Page, shop: Shop): Promise<void> {
  const kinds: Record<string, () => Promise<boolean>> = {
    slow: async () => { const began = performance.now(); await fetch(`${shop.page}/api/products/mug`); return performance.now() - began > 500 },
    fail: async () => (await fetch(`${shop.page}/api/products/mug`)).status === 503,
    hang: async () => await fetch(`${shop.page}/api/products/mug`, { signal: AbortSignal.timeout(800) }).then(() => false, () => true),
  }
  const well = async (): Promise<boolean> => { const began = performance.now(); return (await fetch(`${shop.page}/api/products/mug`, { signal: AbortSignal.timeout(2000) })).status === 200 && performance.now() - began < 500 }
  const { label } = shop.all('inventory')[0]!
  for (const [kind, seen] of Object.entries(kinds)) {
    await page.selectOption('#target', label)
    await page.selectOption('#kind', kind)
    await page.fill('#ms', '600')
    await page.click('#make')
    await until(`${kind} shows within five seconds`, 5000, seen)
    await page.click('#undo')
    await until(`${kind} is undone`, 10_000, well)
    t.pass(`${kind}: made, seen, undone`)
  }
  await page.selectOption('#target', 'recommendations-1')
  await page.selectOption('#kind', 'kill')
  await page.click('#make')
  await until('it is gone', 5000, () => shop.all('recommendations').length === 0)
  await page.click('#undo')
  await until('it is back', 30_000, () => shop.all('recommendations').length === 1)
  await page.selectOption('#target', 'registry')
  await page.click('#make')
  await until('the registry is away', 5000, () => !shop.registry.running)
  t.ok(await well(), 'and the shop goes on')
  await page.click('#undo')
  await until('the registry is back', 20_000, () => shop.registry.running)
}

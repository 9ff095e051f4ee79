// Laws of every view of the page, in a real browser: at desktop and phone width, light and dark, no serious fault of accessibility, no complaint, and what strangers write is text.
import t from 'tap'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { startTestServer } from '../support/server.js'
import { XSS, furnish } from './support/furnish.js'
import { NO_BROWSER, browser, chromiumPath, openPage } from './support/browser.js'
import type { Page } from 'playwright-core'

const skip = chromiumPath === undefined && NO_BROWSER
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const VIEWS = ['', 'services', 'services?q=state:critical', 'services/web?at=n1%2Fweb-1', 'services/api/explain', 'services/web/subscribers', 'services/web/calls', 'services/web/use', `services/${encodeURIComponent(XSS)}`, 'instances', 'topology', 'topology?view=table', 'nodes', 'nodes/n1', 'kv', 'kv?prefix=app%2F&key=app%2Fsettings', `kv?prefix=app%2F&key=${encodeURIComponent(`app/${XSS}`)}`, 'sessions', 'sessions?show=sessions', 'nothing']

/** Serious faults, as axe finds them. */
async function faults (page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return await page.evaluate<string[]>(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 160)))`)
}

t.test('every view, wide and narrow, light and dark, without a complaint; what strangers wrote is text', { skip }, async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  await furnish(server)
  const running = await browser(t)
  for (const [viewport, colorScheme] of [[{ width: 1280, height: 800 }, 'light'], [{ width: 390, height: 780 }, 'dark']] as const) {
    const { page } = await openPage(t, running, `${server.url}/ui/`, { viewport, colorScheme })
    let dialogs = 0
    page.on('dialog', dialog => { dialogs++; void dialog.dismiss() })
    for (const view of viewport.width < 700 ? VIEWS.filter((_, i) => i % 2 === 0) : VIEWS) {
      await page.goto(`${server.url}/ui/${view}`)
      await page.locator('.status.live').waitFor()
      await page.locator('main h1, main h2').first().waitFor()
      t.strictSame(await faults(page), [], `${view} at ${viewport.width}`)
      t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${view} does not overflow`)
    }
    t.equal(dialogs, 0, 'no script of a stranger ran')
  }
})

// A real browser for tests of the page. Whatever the page logs as an error, throws, or is refused by its own content policy fails the test that opened it.
import { accessSync, constants } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

const PLACES = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of the browser; `undefined` where there is none. */
export const chromiumPath: string | undefined = PLACES.find(path => {
  if (path === '') return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch { return false }
})

export const NO_BROWSER = 'no chromium on this machine (apt-get install chromium)'

/** What a test needs to own: `t` of tap. */
interface Owner { teardown (fn: () => unknown): void, fail (message: string): unknown }

export async function browser (t: Owner): Promise<Browser> {
  const running = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })
  t.teardown(() => running.close())
  return running
}

export interface Watched { readonly page: Page, readonly context: BrowserContext, readonly problems: string[] }

/**
 * A page of its own, at desktop size unless told.
 * @param quiet problems are the test's own affair: looked at in `problems`, not failed
 */
export async function openPage (t: Owner, running: Browser, url: string, { quiet = false, ...options }: BrowserContextOptions & { readonly quiet?: boolean } = {}): Promise<Watched> {
  const context = await running.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', message => { if (message.type() === 'error' || message.type() === 'warning') problems.push(`${message.type()}: ${message.text()}`) })
  page.on('pageerror', error => problems.push(`thrown: ${error.message}`))
  await page.addInitScript("addEventListener('securitypolicyviolation', event => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))")
  t.teardown(async () => {
    await context.close()
    if (!quiet && problems.length > 0) t.fail(`the page complained: ${problems.join(' · ')}`)
  })
  await page.goto(url)
  return { page, context, problems }
}

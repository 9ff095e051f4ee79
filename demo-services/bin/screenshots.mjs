#!/usr/bin/env node
// Makes the pictures of docs/ anew, with Debian's chromium: `node --import=tsx demo-services/bin/screenshots.mjs`.
import { runService } from '../src/kit/run.ts'
import { Shop } from '../src/launcher/shop.ts'
import { operator } from '../src/operator/app.ts'
import { tryPages } from '../test/support/pages.ts'

const nothing = new Proxy({}, { get: () => () => {} })
const shop = new Shop({ env: {} })
try {
  await shop.start()
  await runService(operator({ shop, load: () => undefined }), { label: 'operator-1', env: { ROSTER_HTTP_ADDR: shop.registry.url }, folder: shop.folder })
  await tryPages(nothing, { chromium: process.env['CHROMIUM'] ?? '/usr/bin/chromium', shop, shots: 'docs' })
} finally { await shop.close() }
process.exit(0)

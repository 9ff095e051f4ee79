#!/usr/bin/env node
// `npm run demo`: the shop, until Ctrl-C.

import { Shop } from './shop.js'

const shop = new Shop({ registryPort: 8500, dnsPort: 8600, pagePort: 8080, say: line => console.log(line) })
process.once('SIGINT', () => { void shop.close().then(() => process.exit(0)) })
const started = Date.now()
await shop.start()
console.log(`${shop.page} after ${Date.now() - started} ms`)

#!/usr/bin/env node
// `npm run tour`: a shop of its own, all acts, and an exit code that says whether every claim held.

import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { textOf } from '../kit/errors.js'
import { runService } from '../kit/run.js'
import { proportionalMb } from '../launcher/memory.js'
import { Shop } from '../launcher/shop.js'
import { operator } from '../operator/app.js'
import { acts } from './acts.js'
import { runAct } from './run-act.js'
import { settled } from './support.js'

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false }, act: { type: 'string', multiple: true }, verbose: { type: 'boolean', short: 'v', default: false }, list: { type: 'boolean' } } })
if (values.list) {
  for (const { id, claim } of acts) console.log(`${id.padEnd(22)} ${claim}`)
  process.exit(0)
}
const unknown = (values.act ?? []).filter(name => !acts.some(({ id }) => id === name))
if (unknown.length > 0) {
  console.error(`There is no act ${unknown.join(', ')}; --list shows them`)
  process.exit(64)
}

const shop = new Shop({ shuffle: true, say: line => { if (values.verbose) console.log(`    ${line}`) } })
let over = false
const end = async (code: number): Promise<never> => {
  if (over) return await new Promise(() => {})
  over = true
  await shop.close()
  return process.exit(code)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { void end(130) })

try {
  const began = performance.now()
  await shop.start()
  await runService(operator({ shop, load: () => undefined }), { label: 'operator-1', env: { ROSTER_HTTP_ADDR: shop.registry.url }, folder: shop.folder })
  console.log(`A registry and ${shop.instances.length} services, started in any order: ready after ${((performance.now() - began) / 1000).toFixed(1)} s\n`)
  await settled(shop)
  let failed = 0
  for (const [index, act] of acts.entries()) {
    if (values.act !== undefined && !values.act.includes(act.id)) continue
    console.log(`${index + 1}. ${act.title}\n   ${act.claim}`)
    const { passed, measured, seconds } = await runAct(act, { shop, short: values.short, say: line => console.log(`   - ${line}`) })
    if (!passed) failed++
    console.log(`   ${passed ? 'PASS' : 'FAIL'}  ${measured} (${seconds} s)\n`)
  }
  const memory = proportionalMb(shop.pids)
  console.log(`${failed === 0 ? 'Every claim held' : `${failed} claims did not hold`}${memory === undefined ? '' : `; ${memory.toFixed(0)} MB of memory at the end (proportional set size)`}`)
  await Promise.race([end(failed === 0 ? 0 : 1), pause(20_000).then(() => process.exit(1))])
} catch (error) {
  console.error(textOf(error))
  await end(1)
}

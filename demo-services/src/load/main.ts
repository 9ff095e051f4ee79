#!/usr/bin/env node
// Load as a process of its own: `main.js --rate 5`. Tells its parent, if it has one, how it goes; a line every ten seconds otherwise.

import { parseArgs } from 'node:util'
import { createClient } from '@roster/client'
import { startLoad } from './generator.js'
import type { Load, LoadReport } from './generator.js'

/** How often the figures are told, ms. */
const TELL_MS = 1000
const PRINT_MS = 10_000

const { values } = parseArgs({ options: { rate: { type: 'string', default: '5' } } })
process.on('SIGTERM', () => process.exit(0))
process.on('SIGINT', () => process.exit(0))
process.on('disconnect', () => process.exit(0))

const roster = createClient({ cacheDir: false })
const again = async (): Promise<Load> => {
  // A shop that is still opening is waited for.
  while (true) try { return await startLoad(roster, { rate: Number(values.rate) }) } catch { await new Promise(resolve => setTimeout(resolve, 1000)) }
}
const load = await again()
const line = ({ all, errors }: LoadReport): string => `${all.count} journeys, ${all.failed} failed, p50 ${all.p50} ms, p99 ${all.p99} ms ${Object.keys(errors).join('; ')}`
if (process.send === undefined) setInterval(() => console.log(line(load.report())), PRINT_MS)
else setInterval(() => process.send?.({ load: load.report() }), TELL_MS)
process.on('message', message => { if ((message as { reset?: true }).reset) load.reset() })

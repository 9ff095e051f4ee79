// Plays all scenarios with all balancers and prints a table for each; writes the same as a page with charts (bench/simulation.html). Usage: npm run build && npx tsx client-sdk/bench/simulator/main.ts

import { writeFileSync } from 'node:fs'
import { seededRandom, virtualClock } from '../../dist/testing/index.js'
import { page } from './chart.js'
import type { Played } from './chart.js'
import { simulate } from './cluster.js'
import { contenders } from './contenders.js'
import { scenarios } from './scenarios.js'

const played: Played[] = scenarios.map(scenario => ({
  scenario,
  results: contenders.map(({ name, make }) => {
    const clock = virtualClock()
    const random = seededRandom(7)
    const connects = (id: string) => scenario.cluster(clock.monotonic()).get(id)?.kind !== 'refusing'
    return { name, result: simulate(scenario, clock, random, make({ clock, random, connects })) }
  }),
}))

for (const { scenario, results } of played) {
  console.log(`\n${scenario.name}: ${scenario.what}; ${scenario.perSecond} calls/s`)
  console.log('  balancer'.padEnd(38), ['success', 'p50', 'p99', 'p99.9', 'sends/call'].map(title => title.padStart(11)).join(''))
  for (const { name, result: { calls, ok, sends, p50, p99, p999 } } of results) {
    console.log(`  ${name}`.padEnd(38), [`${(100 * ok / calls).toFixed(3)} %`, ...[p50, p99, p999].map(ms => `${ms.toFixed(0)} ms`), (sends / calls).toFixed(3)].map(cell => cell.padStart(11)).join(''))
  }
}
const file = new URL('../simulation.html', import.meta.url)
writeFileSync(file, page(played))
console.log(`\nCharts: ${file.pathname}`)

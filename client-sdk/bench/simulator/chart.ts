// The results as one page that needs nothing else: a bar chart a scenario, failures and times side by side. Times on a logarithmic scale: they differ by thousands.

import type { Result, Scenario } from './cluster.js'

export interface Played { readonly scenario: Scenario, readonly results: ReadonlyArray<{ readonly name: string, readonly result: Result }> }

const ROW = 22
const NAMES = 220
const BAR = 260
/** Ends of the scale of times, ms. */
const [LEAST, MOST] = [1, 10_000]

const escape = (text: string): string => text.replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`)
const scaled = (ms: number): number => BAR * Math.log(Math.min(MOST, Math.max(LEAST, ms)) / LEAST) / Math.log(MOST / LEAST)

function chart ({ results }: Played): string {
  const worst = Math.max(0.001, ...results.map(({ result }) => 1 - result.ok / result.calls))
  const rows = results.map(({ name, result: { calls, ok, p50, p99, p999 } }, i) => {
    const y = 24 + i * ROW
    const failed = 1 - ok / calls
    const x = NAMES + BAR + 100
    return `<text x="0" y="${y + 13}"${name.startsWith('roster') ? ' class="own"' : ''}>${escape(name)}</text>` +
      `<rect class="failed" x="${NAMES}" y="${y + 3}" width="${(BAR * failed / worst).toFixed(1)}" height="12"/><text x="${(NAMES + BAR * failed / worst + 4).toFixed(1)}" y="${y + 13}">${(100 * failed).toFixed(2)} %</text>` +
      `<rect class="p999" x="${x}" y="${y + 3}" width="${scaled(p999).toFixed(1)}" height="12"/><rect class="p99" x="${x}" y="${y + 3}" width="${scaled(p99).toFixed(1)}" height="12"/><rect class="p50" x="${x}" y="${y + 3}" width="${scaled(p50).toFixed(1)}" height="12"/>` +
      `<text x="${(x + scaled(p999) + 4).toFixed(1)}" y="${y + 13}">${[p50, p99, p999].map(ms => ms.toFixed(0)).join(' / ')}</text>`
  })
  const height = 30 + results.length * ROW
  return `<svg viewBox="0 0 1000 ${height}" role="img"><text x="${NAMES}" y="14" class="head">failed calls</text><text x="${NAMES + BAR + 100}" y="14" class="head">p50 / p99 / p99.9, ms (logarithmic)</text>${rows.join('')}</svg>`
}

export const page = (played: readonly Played[]): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Balancers in clusters that go wrong</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
svg { width: 100%; font: 12px system-ui, sans-serif; fill: currentColor } .own { font-weight: 600 } .head { opacity: .7 }
.failed { fill: #c0392b } .p50 { fill: #1f6feb } .p99 { fill: #6ea8fe } .p999 { fill: #c9ddff }
</style>
<h1>Balancers in clusters that go wrong</h1>
<p>Virtual time, seeded: every run gives the same page. Those of this package are as shipped, with their default policy; of the others it is the rule by which they choose, without retries, which they do not have.</p>
${played.map(one => `<h2>${escape(one.scenario.name)}</h2><p>${escape(one.scenario.what)}; ${one.scenario.perSecond} calls a second.</p>\n${chart(one)}`).join('\n')}
</html>
`

// Laws of dashboards and alerts: every metric that they or the operator's pages name is one that a server shows, and every label value that they choose can occur.
import t from 'tap'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startTestServer } from '../support/server.js'

const page = (name: string): string => readFileSync(fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url)), 'utf8')
/** Names as a query has them; those that Prometheus makes itself (`up`) are none of ours. */
const namesIn = (text: string): ReadonlySet<string> => new Set(text.match(/\b(?:roster|process|nodejs)_[a-z0-9_]+/g))

t.test('each metric that is named exists', async t => {
  const server = await startTestServer()
  t.teardown(() => server.stop())
  const scrape = await (await server.call('GET', '/metrics')).text()
  const shown = new Set<string>()
  for (const [, name, type] of scrape.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    shown.add(name!)
    if (type === 'histogram') for (const part of ['_bucket', '_sum', '_count']) shown.add(name! + part)
  }
  for (const file of ['grafana.json', 'alerts.yml', 'operations.md', 'limits.md']) {
    const named = namesIn(page(file))
    t.ok(named.size > 5, `${file} names some`)
    for (const name of named) t.ok(shown.has(name), `${file}: ${name}`)
  }
  t.match(scrape, /roster_checks\{status="critical"\}/)
  t.match(scrape, /roster_event_loop_delay_seconds\{quantile="0.99"\}/)
})

t.test('the dashboard is one that can be loaded: titled panels that do not lie upon each other', async t => {
  const { title, panels } = JSON.parse(page('grafana.json')) as { title: string, panels: Array<{ id: number, title: string, gridPos: { x: number, y: number }, targets: Array<{ expr: string }> }> }
  t.equal(title, 'Roster')
  t.equal(new Set(panels.map(panel => panel.id)).size, panels.length)
  t.equal(new Set(panels.map(({ gridPos: { x, y } }) => `${x},${y}`)).size, panels.length)
  for (const panel of panels) t.ok(panel.title !== '' && panel.targets.every(({ expr }) => expr !== ''), panel.title)
})

t.test('each alert has an expression, a severity and a summary', async t => {
  const rules = page('alerts.yml').split('- alert: ').slice(1)
  t.ok(rules.length > 5)
  for (const rule of rules) for (const part of [/\bexpr: /, /severity: (page|ticket) /, /summary: '/]) t.match(rule, part, rule.split('\n')[0]!)
})

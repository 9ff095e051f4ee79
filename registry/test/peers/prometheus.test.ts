// Law: Prometheus finds its targets through consul_sd_configs, sees instances come and go, and scrapes the registry itself.
import t from 'tap'
import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../support/agent-process.js'
import { startTestServer } from '../support/server.js'

const installed = (() => { try { execFileSync('prometheus', ['--version'], { stdio: 'ignore' }); return true } catch { return false } })()

/** Distributions build Prometheus without some of its discoveries. */
function finds (dir: string): boolean {
  const file = join(dir, 'probe.yml')
  writeFileSync(file, "scrape_configs: [{ job_name: a, consul_sd_configs: [{ server: '127.0.0.1:1' }] }]")
  try {
    execFileSync('promtool', ['check', 'config', file], { stdio: 'ignore' })
    return true
  } catch { return false }
}

interface Targets { readonly data: { readonly activeTargets: ReadonlyArray<{ readonly labels: Record<string, string>, readonly health: string }> } }

t.test('consul_sd_configs', { skip: installed ? false : 'prometheus is not installed', timeout: 60_000 }, async t => {
  const server = await startTestServer()
  const dir = t.testdir({ data: {} })
  const port = await freePort()
  const discovers = finds(dir)
  if (!discovers) t.comment('this Prometheus is built without consul_sd_configs: only scraping is shown')
  writeFileSync(join(dir, 'prometheus.yml'), `
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: registry
    static_configs: [{ targets: ['127.0.0.1:${server.port}'] }]
${!discovers
? ''
: `  - job_name: found
    consul_sd_configs: [{ server: '127.0.0.1:${server.port}', services: [web], refresh_interval: 1s }]
    relabel_configs: [{ source_labels: [__meta_consul_service_id], target_label: instance_id }]
`}`)
  const prometheus = spawn('prometheus', [`--config.file=${join(dir, 'prometheus.yml')}`, `--storage.tsdb.path=${join(dir, 'data')}`, `--web.listen-address=127.0.0.1:${port}`], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  prometheus.stderr.on('data', d => { said = (said + String(d)).slice(-4000) })
  const ended = new Promise(resolve => prometheus.once('exit', resolve))
  t.teardown(async () => {
    prometheus.kill('SIGKILL')
    await ended
    await server.stop()
  })
  const targets = async (): Promise<Targets['data']['activeTargets']> => {
    try {
      return ((await (await fetch(`http://127.0.0.1:${port}/api/v1/targets`)).json()) as Targets).data.activeTargets
    } catch { return [] }
  }
  const found = async (ids: readonly string[]): Promise<void> => {
    for (;;) {
      const now = (await targets()).map(target => target.labels['instance_id']).filter(id => id !== undefined).sort()
      if (JSON.stringify(now) === JSON.stringify(ids)) return
      if (prometheus.exitCode !== null) throw new Error(`prometheus ended: ${said}`)
    }
  }
  if (discovers) {
    await server.call('PUT', '/v1/agent/service/register', { ID: 'web-1', Name: 'web', Port: 1111 })
    await found(['web-1'])
    await server.call('PUT', '/v1/agent/service/register', { ID: 'web-2', Name: 'web', Port: 2222 })
    await found(['web-1', 'web-2'])
    await server.call('PUT', '/v1/agent/service/deregister/web-1')
    await found(['web-2'])
  }
  while (!(await targets()).some(target => target.labels['job'] === 'registry' && target.health === 'up')) if (prometheus.exitCode !== null) throw new Error('prometheus ended')
  t.pass('the registry\'s own metrics are scraped')
})

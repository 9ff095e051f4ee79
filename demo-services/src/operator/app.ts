// The operator's backend: instances as the registry knows them, trouble on order, traces, load, and the tour as a checklist. Runs inside the launcher, since it starts and kills processes;
// reached like any service.

import { ShopError, textOf } from '../kit/errors.js'
import type { FaultKind, FaultSpec } from '../kit/faults.js'
import type { ServiceDefinition } from '../kit/definition.js'
import type { SpanRecord } from '../kit/tracing.js'
import type { LoadReport } from '../load/generator.js'
import { PLANS } from '../manifest.js'
import { askOps } from '../launcher/ask-ops.js'
import type { Shop } from '../launcher/shop.js'
import { acts } from '../tour/acts.js'
import { runAct } from '../tour/run-act.js'
import type { ActResult } from '../tour/act.js'
import { deps } from './deps.js'
import { faults } from './faults.js'
import { Traces } from './store.js'

/** Longest that an instance is away, ms. */
const AWAY_MS = 10 * 60_000

export interface OperatorParts {
  readonly shop: Shop
  /** Figures of the load, when there is one. */
  readonly load: () => LoadReport | undefined
}

interface About { readonly faults: Record<string, string>, readonly active: unknown[] }

const FOR = { type: 'object', additionalProperties: false, properties: { forMs: { type: 'number', minimum: 1, maximum: AWAY_MS } } } as const

export const operator = ({ shop, load }: OperatorParts): ServiceDefinition => ({
  name: 'operator',
  version: '1.0.0',
  owner: 'team-platform',
  purpose: 'Shows what goes on, and makes trouble when told to.',
  deps,
  faults,
  keeps: false,

  async start ({ http, roster }) {
    const traces = new Traces()
    /** What comes back by itself, and when. */
    const away = new Map<string, { readonly timer: NodeJS.Timeout, readonly until: number }>()
    const results = new Map<string, ActResult | { readonly running: true }>()

    const ask = <T>(label: string, method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> => askOps<T>(shop, label, method, path, body)
    const comeBack = (name: string, forMs: number, back: () => Promise<unknown>): void => {
      clearTimeout(away.get(name)?.timer)
      const timer = setTimeout(() => { away.delete(name); void back().catch(() => {}) }, Math.min(forMs, AWAY_MS))
      away.set(name, { timer, until: Date.now() + forMs })
    }
    const undo = async (name: string): Promise<void> => {
      clearTimeout(away.get(name)?.timer)
      away.delete(name)
      if (name === 'registry') await shop.registry.start()
      else await shop.revive(name)
    }

    http.post<{ Body: { spans: SpanRecord[] } }>('/spans', {
      bodyLimit: 4 * 1024 * 1024,
      schema: {
        body: {
          type: 'object',
          required: ['spans'],
          properties: {
            spans: {
              type: 'array',
              maxItems: 2048,
              items: {
                type: 'object',
                required: ['trace', 'span', 'name', 'startMs', 'durationMs'],
                properties: { trace: { type: 'string', pattern: '^[0-9a-f]{32}$' }, span: { type: 'string', pattern: '^[0-9a-f]{16}$' }, parent: { type: 'string', maxLength: 16 }, name: { type: 'string', maxLength: 200 }, service: { type: 'string', maxLength: 100 }, instance: { type: 'string', maxLength: 100 }, startMs: { type: 'number' }, durationMs: { type: 'number' } },
              },
            },
          },
        },
      },
    }, async ({ body }) => {
      traces.add(body.spans.map(span => ({ ...span, parent: span.parent ?? '', attributes: span.attributes ?? {} })))
      return {}
    })
    http.get('/traces', async () => ({ traces: traces.list() }))
    http.get<{ Params: { id: string } }>('/traces/:id', async ({ params }) => ({ spans: traces.find(params.id) }))

    http.get('/instances', async () => ({
      registry: { url: shop.registry.url, running: shop.registry.running, back: away.get('registry')?.until ?? null },
      load: load() ?? null,
      instances: await Promise.all(shop.instances.map(async ({ label, services, version, pid, ports, running }) => {
        const known = services.map(service => roster.service(service).snapshot().instances.find(({ meta }) => meta['label'] === label))
        const about = running ? await ask<About>(label, 'GET', '/ops/about').catch(() => undefined) : undefined
        return { label, services, version, pid, ports, running, health: known[0]?.withdrawn ? 'leaving' : known[0]?.health ?? 'unknown', owner: known[0]?.meta['owner'] ?? '', back: away.get(label)?.until ?? null, faults: about?.faults ?? null, active: about?.active ?? [] }
      })),
    }))
    for (const { name } of PLANS) roster.service(name)

    http.post<{ Params: { label: string }, Body: { forMs?: number } }>('/instances/:label/kill', { schema: { body: FOR } }, async ({ params: { label }, body }) => {
      if (!shop.instances.some(instance => instance.label === label)) throw new ShopError('UNKNOWN', label)
      await shop.kill(label)
      comeBack(label, body.forMs ?? 30_000, () => shop.revive(label))
      return {}
    })
    http.post<{ Params: { label: string } }>('/instances/:label/undo', async ({ params: { label } }) => {
      if (label !== 'registry' && !shop.instances.some(instance => instance.label === label)) throw new ShopError('UNKNOWN', label)
      await undo(label)
      return {}
    })
    http.put<{ Params: { label: string, kind: FaultKind }, Body: Omit<FaultSpec, 'kind'> }>('/instances/:label/faults/:kind', async ({ params, body }) => await ask(params.label, 'PUT', `/ops/faults/${encodeURIComponent(params.kind)}`, body))
    http.delete<{ Params: { label: string, kind: string } }>('/instances/:label/faults/:kind', async ({ params }) => await ask(params.label, 'DELETE', `/ops/faults/${encodeURIComponent(params.kind)}`))
    http.put<{ Params: { service: string }, Body: { instances: number } }>('/services/:service', {
      schema: { body: { type: 'object', required: ['instances'], additionalProperties: false, properties: { instances: { type: 'integer', minimum: 0, maximum: 8 } } } },
    }, async ({ params, body }) => {
      if (!PLANS.some(({ name, front }) => name === params.service && front === undefined)) throw new ShopError('UNKNOWN', params.service)
      await shop.scale(params.service, body.instances)
      return {}
    })
    http.post<{ Body: { forMs?: number } }>('/registry/down', { schema: { body: FOR } }, async ({ body }) => {
      await shop.registry.kill()
      comeBack('registry', body.forMs ?? 10_000, () => shop.registry.start())
      return {}
    })
    http.post('/undo', async () => {
      await Promise.all([...away.keys()].map(name => undo(name)))
      await Promise.all(shop.instances.filter(({ running }) => running).map(({ label }) => ask(label, 'DELETE', '/ops/faults').catch(() => {})))
      return {}
    })

    http.get('/acts', async () => ({ acts: acts.map(({ id, title, claim }) => ({ id, title, claim, result: results.get(id) ?? null })) }))
    http.post<{ Params: { id: string } }>('/acts/:id', async ({ params }) => {
      const act = acts.find(({ id }) => id === params.id)
      if (act === undefined) throw new ShopError('UNKNOWN', params.id)
      if ([...results.values()].some(result => 'running' in result)) throw new ShopError('NOT_NOW', 'another act is running')
      results.set(act.id, { running: true })
      void runAct(act, { shop, short: true, say: () => {} }).then(result => results.set(act.id, result), (error: unknown) => results.set(act.id, { passed: false, measured: textOf(error), seconds: 0 }))
      return {}
    })

    return { close: async () => { for (const { timer } of away.values()) clearTimeout(timer) } }
  },
})

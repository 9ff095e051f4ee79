import type { Act } from '../act.js'
import type { SpanRecord } from '../../kit/tracing.js'
import { buy, signedUp, until } from '../support.js'

/** Hops of a purchase, by who sees them. */
const HOPS = ['storefront', 'orders', 'inventory', 'payments', 'notifications', 'recommendations']

export const oneTrace: Act = {
  id: 'one-trace',
  title: 'One purchase, one trace',
  claim: 'A purchase is a single trace through every hop, broker included, and each call says which instance was taken and why.',
  async play ({ shop }) {
    const who = await signedUp(shop, 1)
    await buy(who)
    const trace = who.trace!
    const operator = shop.roster.service('operator')
    let spans: SpanRecord[] = []
    const missing = (): string[] => HOPS.filter(hop => !spans.some(({ service }) => service === hop))
    await until('all hops are in it', 15_000, async () => {
      spans = ((await (await operator.fetch(`/traces/${trace}`)).json()) as { spans: SpanRecord[] }).spans
      return missing().length === 0
    }).catch(() => {})
    const resolved = spans.filter(({ name, attributes }) => name.startsWith('resolve ') && attributes['roster.instance'] !== undefined && attributes['roster.reason'] !== undefined)
    return { passed: missing().length === 0 && resolved.length >= 2, measured: `${spans.length} spans of ${new Set(spans.map(({ service }) => service)).size} services${missing().length > 0 ? `, without ${missing().join(', ')}` : ''}; ${resolved.length} choices with a reason` }
  },
}

// Clusters that go wrong in one way each. A new one is an entry here.

import type { Scenario, Serving } from './cluster.js'

const WELL: Serving = { kind: 'well', ms: 10, slots: 16 }
const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `web-${i}`)
/** Ten, the first of which is as `first` says. */
const ten = (first: (now: number) => Serving) => (now: number): ReadonlyMap<string, Serving> => new Map(ids(10).map((id, i) => [id, i === 0 ? first(now) : WELL]))

export const scenarios: readonly Scenario[] = [
  { name: 'all well', what: 'ten instances, 10 ms each', perSecond: 1000, forMs: 60_000, cluster: ten(() => WELL) },
  { name: 'one slow', what: 'one of ten is 20 times slower from the 10th second on', perSecond: 1000, forMs: 60_000, cluster: ten(now => now < 10_000 ? WELL : { kind: 'well', ms: 200, slots: 16 }) },
  { name: 'one failing', what: 'one of ten answers 503 at once from the 10th second on', perSecond: 1000, forMs: 60_000, cluster: ten(now => now < 10_000 ? WELL : { kind: 'failing' }) },
  { name: 'one gone', what: 'one of ten refuses connections for 30 s, and the list does not know', perSecond: 1000, forMs: 60_000, cluster: ten(now => now < 10_000 || now > 40_000 ? WELL : { kind: 'refusing' }) },
  { name: 'one silent', what: 'one of ten accepts and never answers from the 10th second on', perSecond: 1000, forMs: 60_000, cluster: ten(now => now < 10_000 ? WELL : { kind: 'silent' }) },
  { name: 'one flapping', what: 'one of ten changes between well and 503 every 2 s', perSecond: 1000, forMs: 60_000, cluster: ten(now => Math.floor(now / 2000) % 2 === 0 ? WELL : { kind: 'failing' }) },
  { name: 'scaling', what: 'two instances at their limit become ten after 20 s', perSecond: 2800, forMs: 40_000, cluster: now => new Map(ids(now < 20_000 ? 2 : 10).map(id => [id, WELL])) },
  { name: 'unequal', what: 'every second one of ten has half the speed', perSecond: 4000, forMs: 30_000, cluster: () => new Map(ids(10).map((id, i) => [id, i % 2 === 0 ? { kind: 'well', ms: 20, slots: 8 } : WELL])) },
]

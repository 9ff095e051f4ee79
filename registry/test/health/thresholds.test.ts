// Laws of thresholds: the first result shows, whatever it is; later ones count in a row; a status below its threshold changes nothing.
import t from 'tap'
import fc from 'fast-check'
import { applyThresholds, initialCounters, type ThresholdConfig } from '../../src/health/thresholds.js'
import type { CheckStatus } from '../../src/health/kind.js'

const short = { p: 'passing', w: 'warning', c: 'critical' } as const

/** What shows after each of the results, `.` for "as it was". */
function show (config: Partial<ThresholdConfig>, results: string): string {
  const whole = { successBeforePassing: 0, failuresBeforeWarning: 0, failuresBeforeCritical: 0, ...config }
  let counters = initialCounters(whole)
  return [...results].map(letter => {
    const counted = applyThresholds(whole, counters, { status: short[letter as keyof typeof short], output: '' })
    counters = counted.counters
    return counted.status?.[0] ?? '.'
  }).join('')
}

for (const [config, results, shown] of [
  [{}, 'pcwpcc', 'pcwpcc'],
  [{ successBeforePassing: 2, failuresBeforeCritical: 2 }, 'c', 'c'],
  [{ successBeforePassing: 2, failuresBeforeCritical: 2 }, 'cpppcc', 'c.pp.c'],
  [{ successBeforePassing: 3 }, 'pppcpwcppw', 'pppc..c..w'],
  [{ failuresBeforeCritical: 3 }, 'pcccpcc', 'p..cp..'],
  [{ failuresBeforeCritical: 3, failuresBeforeWarning: 2 }, 'pccc', 'p.wc'],
  [{ failuresBeforeCritical: 3, failuresBeforeWarning: 1 }, 'pcccc', 'pwwcc'],
  [{ successBeforePassing: -1, failuresBeforeCritical: -1, failuresBeforeWarning: -1 }, 'cpcp', 'cpcp'],
] as ReadonlyArray<[Partial<ThresholdConfig>, string, string]>) {
  t.test(`${JSON.stringify(config)}: ${results} shows as ${shown}`, async t => t.equal(show(config, results), shown))
}

t.test('without thresholds every result shows as it is', async () => {
  fc.assert(fc.property(fc.array(fc.constantFrom('p', 'w', 'c')), results => show({}, results.join('')) === results.join('')), { seed: 3, numRuns: 100 })
})

t.test('critical shows only after its number in a row, passing only after its own', async () => {
  const config = { successBeforePassing: 3, failuresBeforeWarning: 2, failuresBeforeCritical: 4 }
  fc.assert(fc.property(fc.array(fc.constantFrom<CheckStatus>('passing', 'warning', 'critical'), { maxLength: 40 }), results => {
    const shown = show(config, results.map(r => r[0]).join(''))
    const row = (i: number, good: boolean): number => {
      let n = 0
      for (let k = i; k >= 0 && (results[k] !== 'critical') === good; k--) n++
      // A row that reaches back to the start stands on counters that began at the threshold.
      return n === i + 1 ? Infinity : n
    }
    return results.every((result, i) => {
      if (result !== 'critical') return (shown[i] !== '.') === (row(i, true) >= 3)
      const n = row(i, false)
      return shown[i] === (n >= 4 ? 'c' : n >= 2 ? 'w' : '.')
    })
  }), { seed: 4, numRuns: 300 })
})

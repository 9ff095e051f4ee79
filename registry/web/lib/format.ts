// Numbers and times as people read them. Pure.

const UNITS: ReadonlyArray<readonly [string, number]> = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1000]]

/** `3 min 20 s`, `450 ms`: two units at most. */
export function duration (ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  const first = UNITS.findIndex(([, size]) => ms >= size)
  const [unit, size] = UNITS[first]!
  const whole = Math.floor(ms / size)
  const next = UNITS[first + 1]
  const rest = next === undefined ? 0 : Math.floor((ms - whole * size) / next[1])
  return rest === 0 || whole >= 10 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${next![0]}`
}

/** `3 min ago`; one unit, since it changes before one's eyes. */
export function ago (ms: number): string {
  if (ms < 5000) return 'just now'
  const [unit, size] = UNITS.find(([, size]) => ms >= size)!
  return `${Math.floor(ms / size)} ${unit} ago`
}

export const exact = (iso: string): string => new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

export const millis = (ms: number | null): string => ms === null ? '–' : ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
export const rate = (perSecond: number): string => perSecond === 0 ? '0/s' : perSecond < 1 ? `${(perSecond * 60).toFixed(1)}/min` : perSecond < 100 ? `${perSecond.toFixed(1)}/s` : `${Math.round(perSecond)}/s`
export const percent = (ratio: number): string => ratio === 0 ? '0 %' : ratio < 0.001 ? '<0.1 %' : `${(ratio * 100).toFixed(ratio < 0.1 ? 1 : 0)} %`
export const bytes = (n: number): string => n < 1024 ? `${n} B` : n < 1024 * 1024 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 / 1024).toFixed(1)} MiB`
export const plural = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString()} ${n === 1 ? one : many}`

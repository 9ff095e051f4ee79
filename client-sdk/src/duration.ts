// Durations as Go writes them, and with it everything around the registry: `15s`, `1m30s`, `250ms`. Pure.

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/**
 * @returns ms; `undefined` for what is no duration
 * @example parseDuration('1m30s') === 90_000
 */
export function parseDuration (text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)].reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0)
}

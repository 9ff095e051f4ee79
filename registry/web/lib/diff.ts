// The difference of two texts, line by line: the longest common subsequence, for texts of a size that people edit. Pure.

export interface Line { readonly kind: 'same' | 'out' | 'in', readonly text: string }

/** Lines beyond which no common subsequence is looked for: all out, all in. */
const MAX_LINES = 2000

export function diff (before: string, after: string): Line[] {
  const a = before.split('\n')
  const b = after.split('\n')
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const same = (lines: readonly string[]): Line[] => lines.map(text => ({ kind: 'same', text }))
  return [...same(a.slice(0, start)), ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)), ...same(end === 0 ? [] : a.slice(-end))]
}

function middle (a: readonly string[], b: readonly string[]): Line[] {
  if (a.length * b.length === 0 || a.length > MAX_LINES || b.length > MAX_LINES) return [...a.map(text => ({ kind: 'out' as const, text })), ...b.map(text => ({ kind: 'in' as const, text }))]
  const width = b.length + 1
  const table = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) table[i * width + j] = a[i] === b[j] ? table[(i + 1) * width + j + 1]! + 1 : Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!)
  }
  const out: Line[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { out.push({ kind: 'same', text: a[i]! }); i++; j++ } else if (j >= b.length || (i < a.length && table[(i + 1) * width + j]! >= table[i * width + j + 1]!)) out.push({ kind: 'out', text: a[i++]! })
    else out.push({ kind: 'in', text: b[j++]! })
  }
  return out
}

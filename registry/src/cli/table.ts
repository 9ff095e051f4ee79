// Text tables: columns apart by two blanks, a header line, no rule, the last column unpadded. Scripts cut them at blanks, so this form is fixed.

/** @returns lines, each ended; nothing at all without rows unless `header` stays alone on purpose */
export function table (header: readonly string[], rows: ReadonlyArray<readonly string[]>, paint: Paint = plain): string {
  return columns([header, ...rows], paint)
}

/** How a cell is coloured, after its width has been measured. */
export type Paint = (cell: string, row: number, column: number) => string

const plain: Paint = cell => cell

/** Rows whose columns begin below one another; a row may be shorter than others. */
export function columns (rows: ReadonlyArray<readonly string[]>, paint: Paint = plain): string {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, i) => { widths[i] = Math.max(widths[i] ?? 0, width(cell)) })
  return rows.map((row, y) => {
    const cells = row.map((cell, x) => x === row.length - 1 ? paint(cell, y, x) : paint(cell, y, x) + ' '.repeat(widths[x]! - width(cell)))
    return cells.join('  ') + '\n'
  }).join('')
}

/** Code points: what a terminal shows one beside the other, East Asian wide ones aside. */
const width = (text: string): number => [...text].length

/**
 * Lines of a label and what it says, one below the other.
 * @example pairs([['Name', 'n1'], ['Reason', 'x']], 8): `Name:   n1`, `Reason: x`
 */
export const pairs = (rows: ReadonlyArray<readonly [label: string, value: string]>, labelWidth: number): string =>
  rows.map(([label, value]) => `${`${label}:`.padEnd(labelWidth)}${value}\n`).join('')

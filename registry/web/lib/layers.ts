// Where services stand on the map: callers left, called right, in layers (Sugiyama, Tagawa, Toda 1981: break circles, assign layers, order by neighbours). Pure.

export interface Placed { readonly name: string, readonly x: number, readonly y: number, readonly layer: number }
export interface Placement { readonly nodes: ReadonlyMap<string, Placed>, readonly width: number, readonly height: number }

const SWEEPS = 6

/**
 * @param names each once
 * @param edges pairs of names
 * @param size of a node and the room about it, px
 */
export function place (names: readonly string[], edges: ReadonlyArray<readonly [string, string]>, size: { readonly dx: number, readonly dy: number }): Placement {
  const out = new Map<string, string[]>(names.map(name => [name, []]))
  for (const [from, to] of edges) if (from !== to) out.get(from)?.push(to)
  const forward = withoutCircles(names, out)
  const layer = layersOf(names, forward)
  const columns: string[][] = []
  for (const name of names) (columns[layer.get(name)!] ??= []).push(name)
  const neighbours = new Map<string, string[]>(names.map(name => [name, []]))
  for (const [from, tos] of forward) {
    for (const to of tos) {
      neighbours.get(from)!.push(to)
      neighbours.get(to)!.push(from)
    }
  }
  const at = new Map<string, number>()
  const number = (): void => columns.forEach(column => column.forEach((name, i) => at.set(name, i - (column.length - 1) / 2)))
  columns.forEach(column => column.sort())
  number()
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const column of sweep % 2 === 0 ? columns : columns.toReversed()) {
      const mean = new Map(column.map(name => {
        const near = neighbours.get(name)!
        return [name, near.length === 0 ? at.get(name)! : near.reduce((sum, one) => sum + at.get(one)!, 0) / near.length]
      }))
      column.sort((a, b) => mean.get(a)! - mean.get(b)! || (a < b ? -1 : 1))
      column.forEach((name, i) => at.set(name, i - (column.length - 1) / 2))
    }
  }
  const tallest = Math.max(1, ...columns.map(column => column.length))
  const height = tallest * size.dy
  const nodes = new Map<string, Placed>()
  columns.forEach((column, layer) => column.forEach((name, i) => nodes.set(name, { name, layer, x: layer * size.dx, y: (height - column.length * size.dy) / 2 + i * size.dy })))
  return { nodes, width: Math.max(1, columns.length) * size.dx, height }
}

/** Edges that lead back to where a walk came from are left out. */
function withoutCircles (names: readonly string[], out: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const state = new Map<string, 'open' | 'done'>()
  const kept = new Map<string, string[]>(names.map(name => [name, []]))
  const incoming = new Set([...out.values()].flat())
  const walk = (name: string): void => {
    state.set(name, 'open')
    for (const to of out.get(name) ?? []) {
      if (!out.has(to) || state.get(to) === 'open') continue
      kept.get(name)!.push(to)
      if (!state.has(to)) walk(to)
    }
    state.set(name, 'done')
  }
  for (const name of [...names].sort((a, b) => Number(incoming.has(a)) - Number(incoming.has(b)) || (a < b ? -1 : 1))) if (!state.has(name)) walk(name)
  return kept
}

/** Longest path from any beginning. */
function layersOf (names: readonly string[], out: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const incoming = new Map<string, number>(names.map(name => [name, 0]))
  for (const tos of out.values()) for (const to of tos) incoming.set(to, incoming.get(to)! + 1)
  const layer = new Map<string, number>(names.map(name => [name, 0]))
  const ready = names.filter(name => incoming.get(name) === 0)
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    for (const to of out.get(name)!) {
      layer.set(to, Math.max(layer.get(to)!, layer.get(name)! + 1))
      incoming.set(to, incoming.get(to)! - 1)
      if (incoming.get(to) === 0) ready.push(to)
    }
  }
  return layer
}

// Laws of the table of coordinates: whom two nodes are compared by when they are in several segments.
import t from 'tap'
import { ORIGIN } from '../../src/coordinates/origin.js'
import { Coordinates } from '../../src/state/coordinates.js'

t.test('two nodes compare in the segment that one of them is in alone, else in the one that everybody is in', async t => {
  const table = new Coordinates()
  const put = (node: string, ...segments: string[]): void => { for (const segment of segments) table.set(node, segment, { node, segment, coordinate: { ...ORIGIN, Adjustment: segment.length } }) }
  put('server', '', 'alpha', 'beta')
  put('client', 'beta')
  put('plain', '')
  put('other', 'alpha')
  const compared = (a: string, b: string): unknown => table.pair(a, b).map(c => c?.Adjustment)
  t.strictSame(compared('server', 'client'), [4, 4])
  t.strictSame(compared('client', 'SERVER'), [4, 4])
  t.strictSame(compared('server', 'plain'), [0, 0])
  t.strictSame(compared('server', 'server'), [0, 0])
  t.strictSame(compared('client', 'other'), [undefined, 5], 'who shares no segment does not compare')
  t.strictSame(compared('server', 'unknown'), [0, undefined])
})

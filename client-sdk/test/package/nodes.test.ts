// Law of what is shipped: it works on every Node, with its fetch and with ours, and by require.
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { run } from '../support/run.js'

// Others than the present one: paths in ROSTER_NODES.
for (const node of [process.execPath, ...process.env['ROSTER_NODES']?.split(delimiter) ?? []]) {
  t.test(`Node's own fetch with our dispatcher, and ours with its: ${node}`, async t => {
    const { code, said } = await run(node, [fileURLToPath(new URL('../support/skew.mjs', import.meta.url))])
    t.equal(code, 0, said)
    t.comment(said.trim())
  })
}

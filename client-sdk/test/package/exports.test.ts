// Law of the package's face: what it exports changes only on purpose.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { exportsOf } from '../support/snippets.js'

const entries = ['index', 'api/index', 'testing/index', 'grpc/index', 'calls']
const file = new URL('../../api-report.md', import.meta.url)

/** `Name kind { members }` */
function read (line: string): { name: string, kind: string, members: readonly string[] } {
  const [, name, kind, members = ''] = /^(\S+) (\S+)(?: \{ (.*) \})?$/.exec(line)!
  return { name: name!, kind: kind!, members: members === '' ? [] : members.split(', ') }
}

t.test('nothing that the report names has gone or has changed its kind', async t => {
  const exported = exportsOf(entries, fileURLToPath(new URL('../../dist/', import.meta.url)))
  if (process.env['UPDATE_API_REPORT'] === '1') {
    const sections = [...exported].map(([entry, lines]) => `## ${entry}\n\n${lines.map(line => `- ${line}`).join('\n')}\n`)
    writeFileSync(file, `# What the package exports\n\nWhat stands here is not taken away by accident: a test compares. \`UPDATE_API_REPORT=1 npx tap client-sdk/test/package/exports.test.ts\` writes it anew.\n\n${sections.join('\n')}`)
  }
  const report = readFileSync(file, 'utf8').split(/^## /m).slice(1)
  t.same(report.map(section => section.split('\n')[0]), entries)
  for (const section of report) {
    const [entry, ...lines] = section.split('\n')
    const now = new Map(exported.get(entry!)!.map(line => [read(line).name, read(line)]))
    const gone = lines.filter(line => line.startsWith('- ')).map(line => read(line.slice(2))).filter(({ name, kind, members }) => {
      const present = now.get(name)
      return present?.kind !== kind || !members.every(member => present.members.includes(member))
    })
    t.same(gone, [], `${entry}: UPDATE_API_REPORT=1 writes the report anew when this is meant`)
  }
})

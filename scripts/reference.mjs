#!/usr/bin/env node
// Writes the generated pages of docs/ from the build: configuration.md (every key and what comes of it), openapi.json and reference.md (every endpoint),
// differences.md (from differences.json).
import { readFileSync, writeFileSync } from 'node:fs'

const { keyList } = await import('../registry/dist/config/key-list.js')

const KINDS = { bool: 'true or false', int: 'number', float: 'number', string: 'text', strings: 'list of texts', block: 'block', blocks: 'list of blocks', blockMap: 'named blocks', map: 'map', any: 'anything' }
const keys = keyList()
const row = k => `| \`${k.path}\` | ${KINDS[k.kind] ?? k.kind} | ${k.aliases.length > 0 ? `also \`${k.aliases.join('`, `')}\`` : ''} |`
const ignored = keys.filter(k => k.ignored !== undefined)
const read = keys.filter(k => k.ignored === undefined && k.kind !== 'block')
writeFileSync('docs/configuration.md', `# Configuration

<!-- Generated from the tables of keys by \`npm run reference\`. -->

Files are JSON (comments allowed) or HCL, given with \`-config-file\` (again and again) and \`-config-dir\` (its \`*.json\` and \`*.hcl\` by name); later ones count over
earlier ones, lists of definitions add up. Environment variables \`ROSTER_<FLAG>\`, falling back to \`CONSUL_<FLAG>\`, count over files, flags over both, \`-hcl 'k = 1'\` over all.
An unknown key is an error that names file and line. \`roster validate FILE…\` says what the agent would say.

A reload (\`SIGHUP\`, \`PUT /v1/agent/reload\`, \`roster reload\`) puts service and check definitions, the log level, DNS settings and limits in force; the log names what waits for a restart.

HCL is read as agent and service files need it: blocks, nested and repeated, lists, heredocs, comments (\`#\`, \`//\`, \`/* */\`), numbers, booleans, escapes; no expressions, no interpolation.

Roster's own settings stand in the \`roster\` block; [limits.md](limits.md) explains those below \`roster.limits\`.

## Keys that are read

| key | value | |
|---|---|---|
${read.map(row).join('\n')}

## Keys that are accepted, and of which nothing comes

They are keys of Consul, so files that carry them load as they are.

| key | why |
|---|---|
${ignored.map(k => `| \`${k.path}\` | ${k.ignored} |`).join('\n')}
`)
console.log('docs/configuration.md')

const openapi = await import('../registry/dist/http/openapi.js').catch(() => undefined)
if (openapi !== undefined) {
  const { document, markdown } = openapi.referencePages()
  writeFileSync('docs/openapi.json', JSON.stringify(document, null, 1) + '\n')
  writeFileSync('docs/reference.md', markdown)
  console.log('docs/openapi.json, docs/reference.md')
}

const byTopic = new Map()
for (const d of JSON.parse(readFileSync('docs/differences.json', 'utf8'))) {
  const topic = byTopic.get(d.topic) ?? byTopic.set(d.topic, new Map()).get(d.topic)
  topic.set(d.reason, [...(topic.get(d.reason) ?? []), `\`${d.case}\`${d.step === undefined ? '' : ` ${d.step}`}`])
}
const preface = readFileSync('docs/differences-preface.md', 'utf8')
writeFileSync('docs/differences.md', `${preface}
## In recorded answers

Answers that a real Consul gave and that Roster does not give, each with its reason (\`differences.json\` says the same to the tool that replays them).
${[...byTopic].map(([topic, reasons]) => `
### ${topic}

${[...reasons].map(([reason, cases]) => `- ${reason} (${[...new Set(cases)].join(', ')})`).join('\n')}
`).join('')}`)
console.log('docs/differences.md')

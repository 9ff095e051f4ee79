// The reference as OpenAPI 3.1 and as Markdown, built from reference.ts and from the tables of bodies.

import { VERSION } from '../version.js'
import { PARAMETERS, reference } from './reference.js'
import type { Described } from './reference.js'

interface Built { readonly document: object, readonly markdown: string }

const captured = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(m => m[1]!)

/** Flags are read by presence, so their value means nothing. */
const isFlag = (name: keyof typeof PARAMETERS): boolean => PARAMETERS[name].startsWith('Flag:')

function operation (d: Described): object {
  const parameters = [
    ...captured(d.path).map(name => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...(d.parameters ?? []).map(name => ({ name, in: 'query', description: PARAMETERS[name], schema: { type: 'string' }, ...(isFlag(name) ? { allowEmptyValue: true } : {}) })),
  ]
  const body = d.body !== undefined
    ? { requestBody: { content: { 'application/json': { schema: d.body() } } } }
    : d.rawBody !== undefined ? { requestBody: { description: d.rawBody, content: { 'application/octet-stream': {} } } } : {}
  return {
    operationId: `${d.method.toLowerCase()}${d.path.replace(/^\/v1/, '').replace(/[^a-zA-Z]+(\w)/g, (_, c: string) => c.toUpperCase()).replace(/\W/g, '')}`,
    summary: d.summary,
    tags: [d.path.split('/')[2]],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...body,
    responses: { 200: { description: d.answer }, default: { description: 'A refusal: one line of text, status 4xx or 5xx.', content: { 'text/plain': {} } } },
    ...(d.own === true ? { 'x-roster-own': true } : {}),
  }
}

/** The document that `/openapi.json` serves. */
export function openapi (): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const d of reference) (paths[d.path] ??= {})[d.method.toLowerCase()] = operation(d)
  return {
    openapi: '3.1.0',
    info: { title: 'Roster', version: VERSION, description: 'A service registry with a Consul-compatible HTTP API. Keys of bodies match in any letter case; unknown ones are refused.', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: 'http://127.0.0.1:8500' }],
    paths,
  }
}

/** Both forms, for the docs. */
export function referencePages (): Built {
  const lines = ['# Reference', '', '<!-- Generated from the table of endpoints by `npm run reference`. -->', '', 'The same as OpenAPI: `openapi.json` here, `/openapi.json` on a running server. ★ marks what Consul does not have.', '']
  let family = ''
  for (const d of reference) {
    const now = d.path.split('/')[2]!
    if (now !== family) {
      if (family !== '') lines.push('')
      lines.push(`## ${now}`, '', '| | what for | parameters | answer |', '|---|---|---|---|')
      family = now
    }
    lines.push(`| \`${d.method} ${d.path}\`${d.own === true ? ' ★' : ''} | ${d.summary} | ${(d.parameters ?? []).map(p => `\`${p}\``).join(' ')} | ${d.answer.replaceAll('|', '\\|')} |`)
  }
  lines.push('', '## Parameters', '', ...Object.entries(PARAMETERS).map(([name, text]) => `- \`${name}\`: ${text}`), '')
  return { document: openapi(), markdown: lines.join('\n') }
}

// A query that answers for many names: its texts are templates, worked out for the name that was asked. Compiled once and kept; the language is template/.

import { LRUCache } from 'lru-cache'
import { compileGroups, REGEXP_BYTES } from '../catalog/filter/regexp.js'
import { compileText, TemplateError } from './template/template.js'
import type { QueryRecord, ServiceQuery } from '../state/queries.js'
import type { Declared } from './template/check.js'
import type { Scope } from './template/evaluate.js'
import type { CompiledText } from './template/template.js'

/** The one kind of template: it answers for every name that begins with its own. */
const TYPE = 'name_prefix_match'

/** Characters of all texts of a rendered query: a short template must not make a huge one of a long name. */
const MAX_LENGTH = 1_048_576

const VARIABLES = ['name.full', 'name.prefix', 'name.suffix', 'agent.segment']

export interface QueryTemplate {
  /** @throws TemplateError where the texts do not fit this name */
  render (name: string): QueryRecord
}

/** @throws TemplateError with the reason in the words that clients know */
export function compileTemplate (query: QueryRecord): QueryTemplate {
  const { type, regexp, removeEmptyTags } = query.template
  if (type !== TYPE) throw new TemplateError(`Bad Template.Type '${type}'`)
  const texts = new Map<string, CompiledText>()
  eachText(query.service, (path, text) => {
    texts.set(path, inPlace(`Bad format '${text}' in ${path}`, () => compileText(text)))
    return text
  })
  const groups = regexp === '' ? () => undefined : inPlace('Bad Regexp', () => compileGroups(regexp))
  const render = (name: string): QueryRecord => {
    const scope = scopeOf(query.name, name, groups(name) ?? [])
    let length = 0
    const service = eachText(query.service, (path, text) => {
      const rendered = inPlace(`Bad evaluation for '${text}' in ${path}`, () => texts.get(path)!.render(scope))
      length += rendered.length
      if (length > MAX_LENGTH) throw new TemplateError(`the query is longer than ${MAX_LENGTH} characters`)
      return rendered
    })
    return { ...query, service: removeEmptyTags ? { ...service, tags: (service.tags ?? []).filter(tag => tag !== '') } : service }
  }
  const declared: Declared = { variables: VARIABLES, functions: scopeOf('', '', []).functions }
  eachText(query.service, (path, text) => {
    inPlace(`Bad evaluation for '${text}' in ${path}`, () => texts.get(path)!.check(declared))
    return text
  })
  // What does not render for the shortest name would fail when somebody needs it.
  render(query.name)
  return { render }
}

function scopeOf (prefix: string, name: string, groups: readonly string[]): Scope {
  const suffix = name.startsWith(prefix) ? name.slice(prefix.length) : name
  return {
    variables: new Map([['name.full', name], ['name.prefix', prefix], ['name.suffix', suffix], ['agent.segment', '']]),
    functions: new Map([['match', { argument: 'int', call: n => groups[Number(n.value)] ?? '' }]]),
  }
}

function inPlace<T> (place: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw new TemplateError(`${place}: ${(error as Error).message}`, { cause: error })
  }
}

/** The query with every text replaced by what `change` makes of it; keys of maps are none. Paths are those that refusals name. */
function eachText (query: ServiceQuery, change: (path: string, text: string) => string): ServiceQuery {
  const at = (path: string, text: string): string => change(`Service.${path}`, text)
  const list = (path: string, texts: readonly string[] | null): string[] | null => texts?.map((text, i) => at(`${path}[${i}]`, text)) ?? null
  const map = (path: string, texts: Readonly<Record<string, string>> | null): Record<string, string> | null =>
    texts === null ? null : Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, at(`${path}[${key}]`, text)]))
  return {
    service: at('Service', query.service),
    failover: {
      nearestN: query.failover.nearestN,
      datacenters: list('Failover.Datacenters', query.failover.datacenters),
      targets: query.failover.targets?.map(({ peer, datacenter }, i) => ({ peer: at(`Failover.Targets[${i}].Peer`, peer), datacenter: at(`Failover.Targets[${i}].Datacenter`, datacenter) })) ?? null,
    },
    onlyPassing: query.onlyPassing,
    ignoreCheckIds: list('IgnoreCheckIDs', query.ignoreCheckIds),
    near: at('Near', query.near),
    tags: list('Tags', query.tags),
    nodeMeta: map('NodeMeta', query.nodeMeta),
    serviceMeta: map('ServiceMeta', query.serviceMeta),
    connect: query.connect,
    peer: at('Peer', query.peer),
  }
}

/** Bytes of compiled templates that are kept; one with a regular expression counts with the most that its engine may come to hold. */
const KEPT_BYTES = 128 * 1024 * 1024
const TEMPLATE_BYTES = 16 * 1024
const MAX_KEPT = 2048

/** By record: a changed query is another record. Holds no state of a server, so one serves all that run in this process. */
const kept = new LRUCache<QueryRecord, QueryTemplate>({ max: MAX_KEPT, maxSize: KEPT_BYTES })

/** The template of a stored query, compiled at the first call and kept while it is asked for. */
export function templateOf (query: QueryRecord): QueryTemplate {
  let template = kept.get(query)
  if (template === undefined) {
    template = compileTemplate(query)
    kept.set(query, template, { size: TEMPLATE_BYTES + (query.template.regexp === '' ? 0 : REGEXP_BYTES) })
  }
  return template
}

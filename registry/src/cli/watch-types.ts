// What `roster watch` can watch: for each type its parameters, what it asks, and how the answer is shown to handlers. Pure but for the asking.

import { nextIndex } from '@roster/client/api'
import { parseBool } from './flags.js'
import { Failure } from './failure.js'
import { exactPair, exactPairs, pairJson } from './kv/pairs.js'
import type { Answer, CheckStatus, RosterApi, UserEvent } from '@roster/client/api'

export interface WatchParams {
  readonly key: string
  readonly prefix: string
  readonly service: string
  readonly tag: readonly string[]
  readonly passingonly: string
  readonly state: string
  readonly name: string
  readonly filter: string
}

export type ParamName = keyof WatchParams

export interface Watched {
  readonly ask: (api: RosterApi, index: string, signal: AbortSignal) => Promise<Answer<unknown>>
  /** The index to wait for after an answer. */
  readonly next: (before: string, answer: Answer<unknown>) => string
  /** What is new in an answer, as the handler gets it; the answer itself where that is all of it. */
  readonly fresh: (answer: Answer<unknown>) => unknown
}

interface WatchType {
  readonly takes: readonly ParamName[]
  /** @throws Failure for parameters that are missing or wrong */
  readonly make: (params: WatchParams) => Pick<Watched, 'ask'> & Partial<Watched>
}

const filterOf = ({ filter }: WatchParams): { readonly filter: string | undefined } => ({ filter: filter || undefined })

function required (value: string, what: string): void {
  if (value === '') throw new Failure(`Must specify a single ${what} to watch`)
}

const STATES: ReadonlyArray<CheckStatus | 'any'> = ['any', 'passing', 'warning', 'critical']

const types: Readonly<Record<string, WatchType>> = {
  key: {
    takes: ['key'],
    make: ({ key }) => {
      required(key, 'key')
      return {
        ask: async (api, index, signal) => {
          const { value, meta } = await exactPair(api, key.replace(/^\//, ''), { index, signal })
          return { value: value === undefined ? null : pairJson(value), meta }
        },
      }
    },
  },
  keyprefix: {
    takes: ['prefix'],
    make: ({ prefix }) => {
      required(prefix, 'prefix')
      return {
        ask: async (api, index, signal) => {
          const { value, meta } = await exactPairs(api, prefix.replace(/^\//, ''), { index, signal })
          // Nobody below the prefix is null here, and an empty list everywhere else.
          return { value: value.length === 0 ? null : value.map(pairJson), meta }
        },
      }
    },
  },
  services: { takes: ['filter'], make: params => ({ ask: (api, index, signal) => api.catalog.services({ index, signal, ...filterOf(params) }) }) },
  nodes: { takes: ['filter'], make: params => ({ ask: (api, index, signal) => api.catalog.nodes({ index, signal, ...filterOf(params) }) }) },
  service: {
    takes: ['service', 'tag', 'passingonly', 'filter'],
    make: params => {
      const { service, tag, passingonly } = params
      required(service, 'service')
      const passing = passingonly === '' ? false : parseBool(passingonly)
      if (passing === undefined) throw new Failure(`Failed to parse passingonly flag: strconv.ParseBool: parsing ${JSON.stringify(passingonly)}: invalid syntax`)
      return { ask: (api, index, signal) => api.health.service(service, { index, signal, tags: tag, passing, ...filterOf(params) }) }
    },
  },
  checks: {
    takes: ['service', 'state', 'filter'],
    make: params => {
      const { service, state: wanted } = params
      if (service !== '' && wanted !== '') throw new Failure('Cannot specify service and state')
      const state = STATES.find(known => known === (wanted || 'any'))
      if (state === undefined) throw new Failure(`Unsupported state: ${wanted}`)
      return {
        ask: (api, index, signal) => service !== ''
          ? api.health.checks(service, { index, signal, ...filterOf(params) })
          : api.health.state(state, { index, signal, ...filterOf(params) }),
      }
    },
  },
  event: { takes: ['name'], make: ({ name }) => events(name) },
}

const byIndex: Watched['next'] = (before, { meta }) => String(nextIndex(Number(before), meta.index))

/** Its index is a hash of the last event: it only has to differ. A handler is given the events that it has not seen. */
function events (name: string): Watched {
  let last: string | undefined
  return {
    ask: (api, index, signal) => api.event.list({ name: name || undefined, index, signal }),
    next: (_, { meta }) => meta.indexText ?? '0',
    fresh: ({ value }) => {
      const list = value as readonly UserEvent[]
      const seen = list.findLastIndex(event => event.ID === last)
      last = list.at(-1)?.ID ?? last
      return list.slice(seen + 1)
    },
  }
}

/** Types that only an agent's own watches have. */
const AGENT_ONLY: readonly string[] = ['connect_roots', 'connect_leaf', 'agent_service']

export const WATCH_TYPES: readonly string[] = Object.keys(types)

/** @param given names of the parameters that were given @throws Failure */
export function watched (type: string, params: WatchParams, given: readonly ParamName[]): Watched {
  if (AGENT_ONLY.includes(type)) throw new Failure(`Type ${type} is not supported in the CLI tool`)
  const found = Object.hasOwn(types, type) ? types[type] : undefined
  if (found === undefined) throw new Failure(`Unsupported watch type: ${type}`)
  const made = found.make(params)
  const strange = given.filter(name => !found.takes.includes(name)).sort()
  if (strange.length > 0) throw new Failure(`Invalid parameters: [${strange.join(' ')}]`)
  return { next: byIndex, fresh: ({ value }) => value, ...made }
}

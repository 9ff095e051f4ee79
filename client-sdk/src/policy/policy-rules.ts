// What a policy may say, field by field. The one source of the check (check.ts) and of ../../policy.schema.json; meanings and defaults are documented in policy.ts.

import { policies } from '../balance/policies.js'
import { boolean, list, number, object, oneOf, oneOrList, orFalse, record, text } from './rules.js'
import type { Rule } from './rules.js'

const ms = (description: string, min = 1): Rule => number({ min, max: 2 ** 31 - 1, description: `${description}, ms` })
const share = (description: string): Rule => number({ min: 0, max: 1, description })
const count = (description: string, min = 1, max?: number): Rule => number({ min, ...max !== undefined && { max }, integer: true, description })
const method = text('HTTP method', '^[A-Za-z]+$', 'an HTTP method')

const retry = object('Sending again, to another instance', {
  attempts: count('Times a request is sent at most, the first included', 1, 10),
  methods: list('Methods that may be sent again although an instance may have seen them', method),
  statuses: list('Statuses that another instance may answer better', count('HTTP status', 400, 599)),
  budget: object('How much more load retries may make', {
    share: share('Share of the calls that may be sent again'),
    perSecond: number({ min: 0, description: 'A second, when the share is less than this' }),
  }),
  backoff: object('Pause before the same instance is tried again', { baseMs: ms('Bound of the first pause', 0), maxMs: ms('Bound of later ones', 0) }),
  maxRetryAfterMs: ms('Longest Retry-After that is waited for', 0),
})

const call = {
  timeoutMs: orFalse(ms('Deadline of the whole call')),
  attemptTimeout: orFalse(object('How long an instance may take while another one could take over', {
    factor: number({ min: 1, max: 1000, description: 'Times the measured 99th percentile' }),
    minMs: ms('Never less'),
    maxMs: ms('Never more'),
  })),
  retry: orFalse(retry),
  breaker: orFalse(object('Refusing calls while the service fails as a whole', {
    failureShare: number({ min: 0.01, max: 1, description: 'Share of failures from which calls are refused' }),
    minCalls: count('Calls within the window below which nothing is decided'),
    windowMs: ms('Window'),
    openMs: ms('How long calls are refused before one is let through'),
  })),
  concurrency: orFalse(count('Calls under way at most')),
  fault: orFalse(object('Failures on purpose', {
    delay: object('Calls wait before they are sent', { ms: ms('How long'), share: share('Share of the calls') }, ['ms']),
    abort: object('Calls are answered and not sent', { status: count('HTTP status', 400, 599), share: share('Share of the calls') }, ['status']),
  })),
  long: boolean('The calls take long by nature: streams, long polls'),
}

const balance = object('Who takes the calls', {
  policy: oneOf('How one is chosen', ...Object.keys(policies)),
  select: object('Which instances are meant at all', { tags: list('Tags they must have; !tag: must not', text('Tag')), meta: record('Metadata they must have', text('Value', '')), version: text('Version, such as 1.4 or 2.x') }),
  selectFallback: oneOf('When nobody is selected', 'none', 'any'),
  panicThreshold: share('Share of healthy instances below which health is not looked at'),
  outlier: orFalse(object('Putting aside instances whose calls fail', {
    consecutiveFailures: count('Failures in a row'),
    successRate: orFalse(object('Comparing success rates', {
      intervalMs: ms('Distance of the looks'),
      minCalls: count('Calls below which an instance is not judged'),
      minInstances: count('Judged instances below which nobody is'),
      stdevFactor: number({ min: 0, description: 'Standard deviations below the mean' }),
      minGap: share('And at least so far below it'),
    })),
    baseMs: ms('First time aside'),
    maxMs: ms('Longest time aside'),
    maxShare: share('Largest share of the list that may be aside'),
  })),
  slowStart: object('Less for those that are new', {
    windowMs: ms('How long they are new'),
    minFactor: number({ min: 0.001, max: 1, description: 'Share at the beginning' }),
    aggression: number({ min: 0.01, description: 'Above 1: most of it early; below 1: most of it late' }),
  }, ['windowMs']),
  zone: object('Stay in the zone as far as that is fair', {
    zone: text('Where this process runs'),
    minInstances: count('Instances below which zones are not looked at'),
    overflow: number({ min: 1, description: 'How many times more loaded the local instance may be' }),
  }, ['zone']),
})

const route = object('What differs for some of the requests; the first that matches applies', {
  match: object('Both must match', {
    method: oneOrList(method, list('HTTP methods', method)),
    path: text('/charges, /charges/* (one part), /charges/** (all below)', '^/', 'a path that begins with /'),
  }),
  ...call,
}, ['match'])

export const servicePolicy: Rule = object('How calls of a service are made', {
  ...call,
  balance,
  hashHeader: text('Header by whose value ring_hash and maglev choose', '^[!#$%&\'*+.^_`|~0-9A-Za-z-]+$', 'the name of a header'),
  connections: count('Connections to one instance at most'),
  routes: list('Exceptions by route', route),
})

export const policyFile: Rule = object('Policies of a Roster client or sidecar', {
  $schema: text('For editors'),
  version: oneOf('Version of this shape', 1),
  defaults: servicePolicy,
  services: record('By name of the service', servicePolicy),
}, ['version'])

// Which requests a local agent answers from its view, and which the server has to answer: those that change something, those that must be of now, and those
// that tell what only a server's memory holds. What is registered at this agent is always its own affair. Pure.

/** Answered here whatever the method. */
const OWN = '/v1/agent/'
/** Of the agent's family, but about all agents. */
const ABOUT_ALL: readonly string[] = ['/v1/agent/force-leave/']
/** POSTs that only read. */
const READS: readonly string[] = ['/v1/discovery-chain/']
/** Reads of what lives in a server's memory, or is true of servers only. */
const OF_SERVERS: readonly string[] = ['/v1/status/', '/v1/operator/', '/v1/snapshot', '/v1/lease', '/v1/history/', '/v1/watchers', '/v1/internal/ui/edges', '/v1/edges']
/** What others follow: refused in words of its own. */
const FOLLOWING = '/v1/local-agent/'

export interface Asked {
  readonly method: string
  /** Path of the clean, decoded URL. */
  readonly path: string
  /** The answer must be of now: `?consistent`. */
  readonly consistent: boolean
}

export type Where = 'here' | 'server'

export function whereOf ({ method, path, consistent }: Asked): Where {
  const within = (beginnings: readonly string[]): boolean => beginnings.some(beginning => path.startsWith(beginning))
  if (path.startsWith(FOLLOWING)) return 'here'
  if (path.startsWith(OWN)) return within(ABOUT_ALL) ? 'server' : 'here'
  if (within(OF_SERVERS)) return 'server'
  const reads = method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || within(READS)
  return reads && !consistent ? 'here' : 'server'
}

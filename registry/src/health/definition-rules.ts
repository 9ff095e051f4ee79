// The laws that a check's definition must keep, wherever it came from: the words of the refusal, which each door completes in its own way.

import type { CheckDefinition } from './definition.js'

/** What is wrong with a definition, in Consul's words and order; `undefined` when nothing is. */
export function definitionError (check: CheckDefinition): string | undefined {
  const looks = check.args.length > 0 || check.http !== '' || check.tcp !== '' || check.udp !== '' || check.grpc !== '' || check.h2ping !== '' || check.osService !== ''
  const mirrors = check.aliasNode !== '' || check.aliasService !== ''
  if (check.intervalMs > 0 && check.ttlMs > 0) return 'Interval and TTL cannot both be specified'
  if (looks && check.intervalMs <= 0) return 'Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks'
  if (looks && mirrors) return 'Interval cannot be set for Alias checks'
  if (mirrors && check.ttlMs > 0) return 'TTL must be not be set for Alias checks'
  if (!looks && !mirrors && check.ttlMs <= 0) return 'TTL must be > 0 for TTL checks'
  if (check.outputMaxBytes < 0) return 'MaxOutputMaxSize must be positive'
  if (check.failuresBeforeWarning > check.failuresBeforeCritical) return "FailuresBeforeWarning can't be higher than FailuresBeforeCritical"
  return undefined
}

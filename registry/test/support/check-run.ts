// Runs one check of any kind once, as the scheduler would, and gives what it found.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../src/clock.js'
import { checkDefinition, typeOf, type CheckDefinition } from '../../src/health/definition.js'
import type { CheckContext, CheckResult } from '../../src/health/kind.js'
import { kindOf } from '../../src/health/kinds.js'
import { AddressPolicy } from '../../src/health/net/address-policy.js'
import { failureText } from '../../src/health/net/net-error.js'
import { Resolver } from '../../src/health/net/resolver.js'
import { CheckTls } from '../../src/health/net/tls.js'

export const tlsPath = (name: string): string => fileURLToPath(new URL(`tls/${name}`, import.meta.url))

/** A file of support/tls. */
export const tlsFile = (name: string): string => readFileSync(tlsPath(name), 'utf8')

export const testContext: CheckContext = {
  clock: systemClock,
  timeoutMs: 5000,
  outputMaxBytes: 4096,
  policy: new AddressPolicy(['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254/128'], []),
  resolver: new Resolver(),
  tls: new CheckTls({ caFile: tlsPath('ca.crt') }),
  dockerHost: 'unix:///nonexistent.sock',
}

/** `undefined`: nothing was learnt. A rejection reads as critical, as it does in the scheduler. */
export async function runCheck (fields: Partial<CheckDefinition>, context: Partial<CheckContext> = {}, signal: AbortSignal = new AbortController().signal): Promise<CheckResult | undefined> {
  const definition = checkDefinition({ intervalMs: 1000, ...fields })
  const run = kindOf(typeOf(definition)!)!.prepare(definition, { ...testContext, ...context })
  try {
    return await run(signal)
  } catch (error) {
    return { status: 'critical', output: failureText(error) }
  }
}

/** The output alone, with its status before it. */
export async function outcome (fields: Partial<CheckDefinition>, context?: Partial<CheckContext>): Promise<string> {
  const result = await runCheck(fields, context)
  return result === undefined ? 'nothing' : `${result.status}: ${result.output}`
}

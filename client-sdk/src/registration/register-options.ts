// What an application says when it registers, checked once, and what becomes of it. Pure.

import { InvalidOptionError } from '../api/errors.js'
import type { ServiceCheckBody } from '../api/check-definition.js'
import type { ServiceBody } from '../api/service-definition.js'
import type { ClosableServer } from './close-server.js'
import { portOf } from './close-server.js'
import type { DrainOptions } from './drain.js'
import { parseDuration } from '../duration.js'

export interface RegisterOptions {
  /** Name of the service, as others ask for it. */
  readonly name: string
  /** Default: the port on which `server` listens. */
  readonly port?: number
  /** Closed when the process drains: node:http(s), net, fastify or grpc-js. */
  readonly server?: ClosableServer
  /** Default `<name>-<host>-<port>`: the same after a restart, so that nobody is left behind. */
  readonly id?: string
  /** What others reach this process by. Default: see the README; a container behind a port mapping has to say it. */
  readonly address?: string
  readonly tags?: readonly string[]
  readonly meta?: Readonly<Record<string, string>>
  /** Share of the calls, when passing and when warning. Default 1 and 1. */
  readonly weights?: { readonly passing?: number, readonly warning?: number }
  /** Checks that the registry makes, besides the heartbeat. With any, the registration is made at the agent, because a lease has none. */
  readonly checks?: readonly ServiceCheckBody[]
  /** Longest silence before the instance turns critical: ms, or text such as `15s`. Default 15 s. Less finds a dead process sooner, for more requests. */
  readonly ttl?: number | string
  /** How long it stays critical before it is removed: ms, or text. Default 60 s. */
  readonly deregisterAfter?: number | string
  /** `false`: not called by anybody until `ready()`. Default `true`. */
  readonly ready?: boolean
  /** Drain at SIGTERM and SIGINT. Default `true`; `false` for a process that has its own choreography and calls `drain()`. */
  readonly signals?: boolean
  /** End the process after a drain that a signal began. Default `true`. */
  readonly exit?: boolean
  /** Until the registry has taken it, ms. Default 5,000. Then it goes on in the background, with a warning, or rejects, if `required`. */
  readonly timeout?: number
  /** Rejects when the registry cannot be reached. Default `false`: a process can start while the registry is away, as it can go on. */
  readonly required?: boolean
  readonly drain?: DrainOptions
}

/** One instance, ready to be written down: the body without its address, and the rest. */
export interface InstanceSpec {
  readonly id: string
  readonly name: string
  readonly port: number
  readonly body: ServiceBody
  readonly checks: readonly ServiceCheckBody[]
  readonly ttlMs: number
  readonly deregisterAfterMs: number
}

const TTL_MS = 15_000
const DEREGISTER_AFTER_MS = 60_000
/** What a lease may have, ms. */
const TTL_RANGE = [1000, 24 * 60 * 60 * 1000] as const

/**
 * @example durationMs('ttl', '1m30s') === 90_000
 * @throws InvalidOptionError
 */
export function durationMs (what: string, value: number | string): number {
  if (typeof value === 'number') {
    if (Number.isFinite(value) && value > 0) return value
  } else {
    const ms = parseDuration(value)
    if (ms !== undefined) return ms
  }
  throw new InvalidOptionError(`${what} must be a number of milliseconds above 0 or a text such as "15s", not ${JSON.stringify(value)}`)
}

/** @param host this machine's name @throws InvalidOptionError */
export function instanceSpec (options: RegisterOptions, host: string): InstanceSpec {
  const { name, server, tags, meta, weights, checks = [] } = options
  if (typeof name !== 'string' || name.trim() === '') throw new InvalidOptionError('name is missing: under which name shall others find this service?')
  const port = options.port ?? (server === undefined ? undefined : portOf(server))
  if (port === undefined) {
    throw new InvalidOptionError(server === undefined
      ? `port is missing for "${name}": give a port, or the server that listens`
      : `port is missing for "${name}": the server does not listen yet (call listen first), or it is of a kind that does not tell its port`)
  }
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new InvalidOptionError(`port must be a whole number from 1 to 65535, not ${port}`)
  const ttlMs = durationMs('ttl', options.ttl ?? TTL_MS)
  if (ttlMs < TTL_RANGE[0] || ttlMs > TTL_RANGE[1]) throw new InvalidOptionError(`ttl must be from 1s to 24h, not ${JSON.stringify(options.ttl)}`)
  const deregisterAfterMs = durationMs('deregisterAfter', options.deregisterAfter ?? DEREGISTER_AFTER_MS)
  if (deregisterAfterMs < 1000) throw new InvalidOptionError(`deregisterAfter must be at least 1s, not ${JSON.stringify(options.deregisterAfter)}`)
  const id = options.id ?? `${name}-${host}-${port}`
  return {
    id,
    name,
    port,
    body: {
      ID: id,
      Name: name,
      Port: port,
      ...tags !== undefined && { Tags: tags },
      ...meta !== undefined && { Meta: meta },
      ...weights !== undefined && { Weights: { Passing: weights.passing ?? 1, Warning: weights.warning ?? 1 } },
    },
    checks,
    ttlMs,
    deregisterAfterMs,
  }
}

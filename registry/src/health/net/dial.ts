// A TCP connection for a check: resolves, asks the policy, connects to the first address that answers. TLS on top of it is tls.ts.

import { connect, type Socket } from 'node:net'
import { RunEnded, type RunScope } from '../run-scope.js'
import type { AddressPolicy } from './address-policy.js'
import { joinHostPort, splitHostPort, type HostPort } from './host-port.js'
import { codeOf, errnoText, failureText, NetError } from './net-error.js'
import type { Resolver } from './resolver.js'

export interface DialContext {
  readonly resolver: Resolver
  readonly policy: AddressPolicy
}

/**
 * @param target host:port
 * @returns a connected socket that the scope owns; its errors are the caller's to hear
 * @throws NetError with Go's words: `dial tcp 127.0.0.1:1: connect: connection refused`; RunEnded when the run is cut short by its owner
 */
export async function dialTcp (target: string, context: DialContext, scope: RunScope): Promise<Socket> {
  let to: HostPort
  let addresses: readonly string[]
  try {
    to = splitHostPort(target)
    addresses = await scope.of(context.resolver.resolve(to.host))
  } catch (error) {
    if (error instanceof RunEnded) throw dialEnded(error, target)
    throw new NetError(`dial tcp: ${failureText(error)}`, { cause: error })
  }
  let first: Error | undefined
  for (const [i, address] of addresses.entries()) {
    // As Go does, an address must not use up the time of those after it.
    const share = scope.leftMs / (addresses.length - i)
    try {
      return await connectTo(address, to, i + 1 < addresses.length ? share : undefined, context.policy, scope)
    } catch (error) {
      if (scope.ended !== undefined) throw dialEnded(scope.ended, joinHostPort(address, to.port))
      first ??= error as Error
    }
  }
  throw first ?? new NetError(`dial tcp: lookup ${to.host}: no such host`)
}

const dialEnded = (ended: RunEnded, address: string): Error => ended.reason === 'timeout' ? new NetError(`dial tcp ${address}: i/o timeout`, { cause: ended }) : ended

async function connectTo (address: string, { host, port }: HostPort, limitMs: number | undefined, policy: AddressPolicy, scope: RunScope): Promise<Socket> {
  const shown = host === '' ? `:${port}` : joinHostPort(address, port)
  if (!policy.allows(address)) throw new NetError(`dial tcp ${shown}: connect: address is not allowed for checks`)
  const socket = connect({ host: address, port })
  scope.own(socket, () => socket.destroy())
  try {
    await scope.wait<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject)
      if (limitMs !== undefined) socket.setTimeout(limitMs, () => reject(new NetError(`dial tcp ${shown}: i/o timeout`)))
    })
  } catch (error) {
    socket.destroy()
    socket.on('error', () => {}) // it has been told already; a second one has nobody to hear it
    if (error instanceof NetError || error instanceof RunEnded) throw error
    const text = errnoText(codeOf(error))
    throw new NetError(`dial tcp ${shown}: ${text === undefined ? failureText(error) : codeOf(error) === 'EMFILE' ? `socket: ${text}` : `connect: ${text}`}`, { cause: error })
  }
  socket.setTimeout(0)
  socket.removeAllListeners('timeout')
  return socket
}

/** Both ends of a connected socket, as Go writes them. */
export const ends = (socket: Socket): readonly [local: string, remote: string] =>
  [joinHostPort(socket.localAddress ?? '', socket.localPort ?? 0), joinHostPort(socket.remoteAddress ?? '', socket.remotePort ?? 0)]

// UDP checks: an empty datagram is sent; any answer is passing, a refusal is critical, and silence says nothing, since most protocols do not answer
// an empty datagram. A silent peer therefore keeps its status, as in Consul (which waits without limit; here the run ends and the next one asks again).

import { isIPv6 } from 'node:net'
import type { CheckKind } from '../../kind.js'
import { joinHostPort, splitHostPort, type HostPort } from '../../net/host-port.js'
import { codeOf, errnoText, failureText, NetError, readFailure } from '../../net/net-error.js'
import type { Resolver } from '../../net/resolver.js'
import { inScope, RunEnded, type RunScope } from '../../run-scope.js'

export const udp: CheckKind = {
  type: 'udp',
  defaultTimeoutMs: 10_000,
  uses: 'socket',
  prepare (definition, ctx) {
    return signal => inScope(ctx.clock, ctx.timeoutMs, signal, async scope => {
      try {
        const { host, port } = await locate(definition.udp, ctx.resolver, scope)
        await exchange(host, port, scope)
        return { status: 'passing', output: `UDP connect ${definition.udp}: Success` }
      } catch (error) {
        if (error instanceof RunEnded) return undefined
        throw error
      }
    })
  },
}

async function locate (target: string, resolver: Resolver, scope: RunScope): Promise<HostPort> {
  try {
    const { host, port } = splitHostPort(target)
    const [address] = await scope.of(resolver.resolve(host))
    if (address === undefined) throw new NetError(`lookup ${host}: no such host`)
    return { host: address, port }
  } catch (error) {
    if (error instanceof RunEnded) throw error
    throw new NetError(`dial udp: ${failureText(error).replace(/^lookup tcp\//, 'lookup udp/')}`, { cause: error })
  }
}

async function exchange (address: string, port: number, scope: RunScope): Promise<void> {
  const { createSocket } = await scope.of(import('node:dgram'))
  const socket = createSocket(isIPv6(address.replace(/%.*$/, '')) ? 'udp6' : 'udp4')
  scope.own(socket, () => socket.close())
  const shown = joinHostPort(address, port)
  try {
    await scope.wait<void>((resolve, reject) => {
      socket.on('error', reject)
      socket.once('message', () => resolve())
      socket.connect(port, address, (error?: unknown) => {
        if (error === undefined || error === null) socket.send('', sendError => { if (sendError !== null) reject(sendError) })
        else reject(new NetError(`dial udp ${shown}: connect: ${errnoText(codeOf(error)) ?? failureText(error)}`, { cause: error }))
      })
    })
  } catch (error) {
    if (error instanceof RunEnded || error instanceof NetError) throw error
    const local = socket.address()
    throw readFailure('udp', joinHostPort(local.address, local.port), shown, error)
  }
}

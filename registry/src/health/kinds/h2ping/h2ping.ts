// HTTP/2 ping checks: passing when the server completes the preface and answers a PING frame.

import type { ClientHttp2Session } from 'node:http2'
import type { CheckContext, CheckKind } from '../../kind.js'
import type { CheckDefinition } from '../../definition.js'
import { openH2, sessionFailure } from '../../net/h2.js'
import { failureText, NetError } from '../../net/net-error.js'
import { inScope, RunEnded, type RunScope } from '../../run-scope.js'

export const h2ping: CheckKind = {
  type: 'h2ping',
  defaultTimeoutMs: 10_000,
  uses: 'socket',
  prepare (definition, ctx) {
    return signal => inScope(ctx.clock, ctx.timeoutMs, signal, async scope => {
      const session = await dial(definition, ctx, scope)
      try {
        await ping(session, scope)
      } catch (error) {
        if (error instanceof RunEnded && !scope.timedOut) throw error
        throw new NetError(`HTTP2 ping failed: ${failureText(error)}`, { cause: error })
      }
      return { status: 'passing', output: 'HTTP2 ping was successful' }
    })
  },
}

async function dial (definition: CheckDefinition, ctx: CheckContext, scope: RunScope): Promise<ClientHttp2Session> {
  try {
    return await openH2(definition.h2ping, definition.h2pingUseTls ? definition : undefined, ctx, scope)
  } catch (error) {
    if (error instanceof RunEnded && !scope.timedOut) throw error
    throw new NetError(`Failed to dial to ${definition.h2ping}: ${failureText(error)}`, { cause: error })
  }
}

const ping = (session: ClientHttp2Session, scope: RunScope): Promise<void> => scope.wait((resolve, reject) => {
  session.once('error', error => reject(sessionFailure(error)))
  session.once('close', () => reject(new NetError('EOF')))
  session.once('remoteSettings', () => {
    session.ping(error => error === null ? resolve() : reject(error))
  })
})

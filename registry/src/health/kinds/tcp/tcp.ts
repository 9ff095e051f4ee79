// TCP checks: passing when the port takes a connection (and, if asked, completes a TLS handshake). There is no warning.

import type { CheckKind } from '../../kind.js'
import { ALLOW_ALL } from '../../net/address-policy.js'
import { dialTcp } from '../../net/dial.js'
import { splitHostPort } from '../../net/host-port.js'
import { inScope } from '../../run-scope.js'

export const tcp: CheckKind = {
  type: 'tcp',
  defaultTimeoutMs: 10_000,
  uses: 'socket',
  prepare (definition, ctx) {
    // Nothing is sent and nothing is shown of what a port says, so any address may be tried.
    const dialContext = { resolver: ctx.resolver, policy: ALLOW_ALL }
    return signal => inScope(ctx.clock, ctx.timeoutMs, signal, async scope => {
      const startTls = definition.tcpUseTls ? await scope.of(ctx.tls.ready()) : undefined
      const socket = await dialTcp(definition.tcp, dialContext, scope)
      if (startTls !== undefined) {
        const name = definition.tlsServerName === '' ? splitHostPort(definition.tcp).host : definition.tlsServerName
        await startTls(socket, { name, skipVerify: definition.tlsSkipVerify }, scope)
      }
      return { status: 'passing', output: `TCP${definition.tcpUseTls ? '+TLS' : ''} connect ${definition.tcp}: Success` }
    })
  },
}

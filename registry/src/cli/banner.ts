// What `roster agent` prints at once: who it is and where it listens. Pure.

import { VERSION } from '../version.js'
import type { RuntimeConfig } from '../config/runtime-config.js'

/** Right-aligned labels, as users and tools know them from Consul. */
export function banner (config: RuntimeConfig): string {
  const { ports, node, datacenter, server, bootstrap, listen, addresses, acl, tls } = config
  const clients = [...new Set([...listen.http, ...listen.dns].map(l => l.kind === 'tcp' ? l.host : l.path))]
  const secured = tls.https.certFile !== ''
  const rows: ReadonlyArray<readonly [label: string, value: string]> = [
    ['Version', `'${VERSION}'`],
    ['Build Date', `'${BUILD_DATE}'`],
    ['Node ID', `'${node.id}'`],
    ['Node name', `'${node.name}'`],
    ['Datacenter', `'${datacenter}' (Segment: '<all>')`],
    ['Server', `${server} (Bootstrap: ${bootstrap})`],
    ['Client Addr', `[${clients.join(' ')}] (HTTP: ${ports.http}, HTTPS: ${ports.https}, gRPC: ${ports.grpc}, gRPC-TLS: ${ports.grpcTls}, DNS: ${ports.dns})`],
    ['Cluster Addr', `${addresses.advertise} (LAN: ${ports.serfLan}, WAN: ${ports.serfWan})`],
    ['Gossip Encryption', 'false'],
    ['Auto-Encrypt-TLS', 'false'],
    ['ACL Enabled', String(acl.enabled)],
    ['ACL Default Policy', acl.defaultPolicy],
    ['HTTPS TLS', `Verify Incoming: ${tls.https.verifyIncoming}, Verify Outgoing: ${tls.https.verifyOutgoing}, Min Version: ${tls.https.minVersion}${secured ? '' : ' (no certificate)'}`],
  ]
  const width = Math.max(...rows.map(([label]) => label.length)) + 1
  return ['==> Starting Roster agent...', ...rows.map(([label, value]) => `${label.padStart(width)}: ${value}`), '', '==> Log data will now stream in as it occurs:', '', ''].join('\n')
}

/** Roster is built from source; its date is that of the release. */
const BUILD_DATE = '2026-11-24 00:00:00 +0000 UTC'

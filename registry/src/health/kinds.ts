// The list of check kinds that go out and look. A new kind is one folder in kinds/ and one line here. Not among them: ttl and alias, which are fed from
// inside (ttl.ts, alias.ts), and maintenance, which is critical for as long as it stands.

import type { CheckType } from './definition.js'
import type { CheckKind } from './kind.js'
import { docker } from './kinds/docker/docker.js'
import { grpc } from './kinds/grpc/grpc.js'
import { h2ping } from './kinds/h2ping/h2ping.js'
import { http } from './kinds/http/http.js'
import { osService } from './kinds/os-service/os-service.js'
import { script } from './kinds/script/script.js'
import { tcp } from './kinds/tcp/tcp.js'
import { udp } from './kinds/udp/udp.js'

export const KINDS: readonly CheckKind[] = [http, tcp, udp, grpc, h2ping, script, docker, osService]

export const kindOf = (type: CheckType): CheckKind | undefined => KINDS.find(kind => kind.type === type)

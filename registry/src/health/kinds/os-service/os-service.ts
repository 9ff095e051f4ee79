// Checks of Windows services. Roster runs on systems that have none: permit.ts refuses their registration, and a definition that is read from
// somewhere all the same says so in its output.

import type { CheckKind } from '../../kind.js'
import { NetError } from '../../net/net-error.js'

export const osService: CheckKind = {
  type: 'os_service',
  defaultTimeoutMs: 10_000,
  uses: 'socket',
  prepare: () => () => Promise.reject(new NetError('not implemented')),
}

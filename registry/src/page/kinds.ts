// What the page is shown beyond what others watch: kinds of the watch stream, a line each.

import { instanceKind, nodeCountKind, serviceCountKind } from './catalog-kinds.js'
import { changeKind, historyKind } from './history-kinds.js'
import { keyKind, lockKind, sessionTimeKind } from './kv-kinds.js'
import { oneLeaseKind } from './lease-kind.js'
import { watcherKind } from './watcher-kind.js'
import type { LockTimes } from './lock-times.js'
import type { StreamKind } from '../stream/kind.js'

export const pageKinds = (times: LockTimes): readonly StreamKind[] => [
  instanceKind, serviceCountKind, nodeCountKind, historyKind, changeKind, watcherKind, oneLeaseKind, keyKind, lockKind(times), sessionTimeKind(times),
]

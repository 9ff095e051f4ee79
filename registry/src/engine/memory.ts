// A store that keeps nothing: the engine of `agent -dev` and of most tests. Its durable sibling is embedded.ts.

import { LocalEngine } from './local.js'
import type { LocalOptions } from './local.js'
import type { Store } from './store.js'

const nothing: Store = {
  load: async () => 0,
  append: () => undefined,
  close: async () => {},
}

export const memoryEngine = (options?: LocalOptions): LocalEngine => new LocalEngine(nothing, options)

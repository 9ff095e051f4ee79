// A store that keeps nothing: the engine of `agent -dev` and of most tests.

import { LocalEngine } from './local.js'
import type { Store } from './local.js'

const nothing: Store = {
  load: async () => 0,
  append: () => undefined,
  close: async () => {},
}

export const memoryEngine = (): LocalEngine => new LocalEngine(nothing)

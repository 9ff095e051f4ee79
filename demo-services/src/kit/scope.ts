// What the calls that are made on behalf of a request have in common with it: how long is left, and that somebody repeats it. Carried along by Node's async context, so that no
// function needs a parameter for it.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { Inbound } from '@roster/client'

export const scope = new AsyncLocalStorage<Inbound>()

// Nobody: whether something was paid must not depend on who else is up.

import type { Dependencies } from '../kit/dependencies.js'

export const deps: Dependencies = {}

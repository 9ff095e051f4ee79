// Nobody.

import type { Dependencies } from '../kit/dependencies.js'

export const deps: Dependencies = {}
